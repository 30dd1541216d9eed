"""The point renderer: raster, camera, picking, one widget for two and three dimensions."""
