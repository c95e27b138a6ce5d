"""Any transformers image-text-to-text model as a backend: Qwen2.5-VL, SmolVLM, LLaVA, ..."""
