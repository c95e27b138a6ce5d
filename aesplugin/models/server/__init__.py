"""A vision-language model behind a server the user runs: vLLM, SGLang, llama.cpp, Ollama, ..."""
