"""Long work that workers go on with: backfills, rebuilds and exports."""
