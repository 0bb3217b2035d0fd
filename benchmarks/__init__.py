"""Speed and quality, side by side with what people would use instead: run ``python -m benchmarks.compare`` and its neighbours."""
