"""The frozen encoder: EfficientNet-Lite2 in ONNX Runtime, or in torch."""
