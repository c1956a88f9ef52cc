"""One folder per step; each holds the Lambda handler of that step."""
