"""Makes the encoder's graphs for ONNX Runtime."""
