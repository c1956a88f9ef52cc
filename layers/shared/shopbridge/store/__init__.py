"""The only package that speaks to AWS: tables, queues, parameters and the activity log behind the ports."""
