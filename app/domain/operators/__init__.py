"""Those who run the installation: who they are, and how support gets into a workspace."""
