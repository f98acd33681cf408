"""Opens exported files in Blender and writes down what Blender shows.

    blender -b --factory-startup --python check_export.py -- jobs.json

jobs.json: {"jobs": [{"file": "a.fbx", "format": "fbx", "metersPerUnit": 0.01, "out": "a"}]}
For each job, beside each other:
    <out>.json  {"joints": [...], "parents": [...], "frames": n, "fps": x, "error": ""}
    <out>.f64   little-endian doubles: rest positions [J][3]; then for each frame positions [J][3] and
                rotations [J][4] (w, x, y, z) against the rest pose.
Everything is in metres, world space, +Y up.
"""
import array
import builtins
import json
import sys
import traceback

import bpy
import numpy
from mathutils import Matrix

# The importers that come with this Blender were written for older versions of Python and numpy.
for _name, _type in (("bool", bool), ("int", int), ("float", float), ("object", object)):
    if _name not in numpy.__dict__:
        setattr(numpy, _name, _type)
_open = builtins.open


def _open_without_u(file, mode="r", *args, **kwargs):
    return _open(file, mode.replace("U", ""), *args, **kwargs)


builtins.open = _open_without_u

# Blender's (x, y, z) as the file's +Y up.
FILE_FROM_BLENDER = {"fbx": Matrix(((1, 0, 0), (0, 0, 1), (0, -1, 0))), "bvh": Matrix.Identity(3)}


def clear_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)


def import_file(job):
    if job["format"] == "fbx":
        bpy.ops.import_scene.fbx(filepath=job["file"])
    else:
        # Axes as they are in the file: when this importer turns them it rounds the bones' roll by
        # 3e-5 radians, which is more than what is to be measured.
        bpy.ops.import_anim.bvh(
            filepath=job["file"], global_scale=job["metersPerUnit"], frame_start=1,
            update_scene_fps=True, update_scene_duration=True, use_fps_scale=False,
            rotate_mode="QUATERNION", axis_forward="Y", axis_up="Z")
    armatures = [o for o in bpy.data.objects if o.type == "ARMATURE"]
    if len(armatures) != 1:
        raise RuntimeError("%d armatures" % len(armatures))
    return armatures[0]


def key_spacing(job):
    """Frames from one key to the next. 1, but for this: the FBX importer of this Blender sets the
    scene to 24/1.001 frames a second and then places keys as if it were 24."""
    return bpy.context.scene.render.fps_base if job["format"] == "fbx" else 1.0


def key_count(armature, spacing):
    """Keys of the action, the first on frame 1, one after each `spacing`; checks that it is so."""
    count = 1
    for curve in armature.animation_data.action.fcurves:
        for index, point in enumerate(curve.keyframe_points):
            if abs(point.co[0] - (1 + index * spacing)) > 1e-3:
                raise RuntimeError("key %d lies at frame %r" % (index, point.co[0]))
        count = max(count, len(curve.keyframe_points))
    return count


def describe(job):
    clear_scene()
    armature = import_file(job)
    scene = bpy.context.scene
    axes = FILE_FROM_BLENDER[job["format"]]
    bones = list(armature.data.bones)
    names = [b.name for b in bones]
    spacing = key_spacing(job)
    frames = key_count(armature, spacing)

    numbers = array.array("d")
    world = armature.matrix_world
    world_turn = world.to_3x3().normalized()
    rest_turns = []
    for bone in bones:
        head = axes @ (world @ bone.head_local)
        numbers.extend(head)
        rest_turns.append((world_turn @ bone.matrix_local.to_3x3()).inverted())
    for index in range(frames):
        frame = 1 + index * spacing
        scene.frame_set(int(frame), subframe=frame - int(frame))
        world = armature.matrix_world
        world_turn = world.to_3x3().normalized()
        pose = armature.pose.bones
        positions = []
        turns = []
        for name, rest_inverse in zip(names, rest_turns):
            bone = pose[name]
            positions.extend(axes @ (world @ bone.head))
            turn = world_turn @ bone.matrix.to_3x3().normalized() @ rest_inverse
            turns.extend((axes @ turn @ axes.transposed()).to_quaternion())
        numbers.extend(positions)
        numbers.extend(turns)
    with _open(job["out"] + ".f64", "wb") as file:
        numbers.tofile(file)
    parents = [names.index(b.parent.name) if b.parent else -1 for b in bones]
    return {"joints": names, "parents": parents, "frames": frames,
            "fps": scene.render.fps / scene.render.fps_base, "error": ""}


def main():
    with _open(sys.argv[sys.argv.index("--") + 1]) as file:
        jobs = json.load(file)["jobs"]
    for job in jobs:
        try:
            result = describe(job)
        except Exception as error:  # one bad file must not hide the others
            traceback.print_exc()
            result = {"error": "%s: %s" % (type(error).__name__, error)}
        with _open(job["out"] + ".json", "w") as file:
            json.dump(result, file)


main()
