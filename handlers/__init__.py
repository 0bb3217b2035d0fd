"""The conversations with each audience, one module apiece. They call ``knowledge`` and nothing of ``bot``."""
