"""Where the face networks come from: MediaPipe's published graphs, written as ONNX."""
