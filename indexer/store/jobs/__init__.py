"""Long work that workers continue: backfills, rebuilds and exports."""
