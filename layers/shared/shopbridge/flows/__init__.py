"""What happens in each step, as orchestration over ports; no AWS, no HTTP."""
