"""Pages of the main job, by who looks: a resident, the public, a household, the desk."""
