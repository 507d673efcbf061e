"""Writes fixtures/spline-rotation.json: random images turned by scipy.ndimage.rotate. Needs numpy and scipy."""
import json
import pathlib

import numpy
import scipy.ndimage

rng = numpy.random.default_rng(7)
cases = []
for size in (4, 9, 28):
    image = rng.random((size, size)).round(3)
    image[0, :] = 1.0
    for angle in (10, -10, 75) if size < 28 else (-10,):
        rotated = scipy.ndimage.rotate(image, angle, cval=0.01, reshape=False)
        values = [float(f"{value:.7f}") for value in rotated.ravel()]
        cases.append(dict(size=size, angle=angle, image=image.ravel().tolist(), rotated=values))
path = pathlib.Path(__file__).parent / "fixtures" / "spline-rotation.json"
path.write_text(json.dumps(cases, separators=(",", ":")))
