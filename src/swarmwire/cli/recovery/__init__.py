"""What recover and restore share: reading a manager's folder, showing it, bundles on disk."""
