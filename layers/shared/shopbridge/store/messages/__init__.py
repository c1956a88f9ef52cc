"""What goes from step to step: messages on their way into the queues."""
