"""Unpacks the needed part of one wheel: unpack_wheel.py WHEEL SHA256 FOLDER STAMP PATTERN...

Every file is written beside its place and renamed, and the stamp (the hash, the patterns, the list
of files) is written last: a program that runs from FOLDER never sees half a file, and a set-up that
was cut off starts this wheel again. What an older stamp lists and the new one does not is removed.
"""
import fnmatch
import hashlib
import os
import sys
import zipfile


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def extract(archive, member, target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    part = target + ".part"
    with archive.open(member) as source, open(part, "wb") as out:
        while block := source.read(1 << 20):
            out.write(block)
    os.chmod(part, 0o755 if ".so" in os.path.basename(target) else 0o644)
    os.replace(part, target)


def main():
    wheel, expected, folder, stamp, *patterns = sys.argv[1:]
    name = os.path.basename(wheel)
    if sha256(wheel) != expected:
        os.remove(wheel)
        sys.exit(f"{name} is damaged (its SHA-256 is not the pinned one) and was removed; start again.")
    with zipfile.ZipFile(wheel) as archive:
        members = [m for m in archive.namelist() if not m.endswith("/")
                   and any(fnmatch.fnmatch(m, p) for p in patterns)]
        if not members:
            sys.exit(f"{name} holds nothing that fits {' '.join(patterns)}.")
        for member in members:
            if member.startswith("/") or ".." in member.split("/"):
                sys.exit(f"{name} holds a path that leaves its folder: {member}.")
            extract(archive, member, os.path.join(folder, member))
    if os.path.exists(stamp):
        with open(stamp, encoding="utf-8") as file:
            for old in set(file.read().splitlines()[2:]) - set(members):
                if os.path.exists(os.path.join(folder, old)):
                    os.remove(os.path.join(folder, old))
    os.makedirs(os.path.dirname(stamp), exist_ok=True)
    with open(stamp + ".part", "w", encoding="utf-8") as file:
        file.write("\n".join([expected, " ".join(patterns), *sorted(members)]) + "\n")
    os.replace(stamp + ".part", stamp)


main()
