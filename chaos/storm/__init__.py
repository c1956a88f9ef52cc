"""Orders, stock and products on their way while calls fail, containers die and messages come twice."""
