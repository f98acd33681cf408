"""Counts the cases of a ctest run whose programs are GoogleTest ones.

count_results.py JUNIT FOLDER: JUNIT is what `ctest --output-junit` wrote, FOLDER holds one
GoogleTest XML per program (GTEST_OUTPUT=xml:FOLDER/). What failed goes to standard error, "passed
failed skipped" to standard output. A program that crashed, hung or left with an error though all
its cases passed counts as one failed case.
"""
import os
import sys
import xml.etree.ElementTree as xml


def count_program(path):
    passed = failed = skipped = 0
    for case in xml.parse(path).getroot().iter("testcase"):
        failure = case.find("failure")
        if failure is not None:
            failed += 1
            message = failure.get("message", "").strip().splitlines()
            print(f"FAILED {case.get('classname')}.{case.get('name')}", file=sys.stderr)
            for line in message[:12]:
                print(f"    {line}", file=sys.stderr)
        elif case.get("result") == "skipped" or case.find("skipped") is not None:
            skipped += 1
        elif case.get("status") == "notrun":
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def main():
    junit, folder = sys.argv[1:]
    total = [0, 0, 0]
    for program in xml.parse(junit).getroot().iter("testcase"):
        name, status = program.get("name"), program.get("status")
        path = os.path.join(folder, name + ".xml")
        try:
            counts = list(count_program(path))
        except (OSError, xml.ParseError):
            counts = [0, 0, 0]
        if status != "run" and counts[1] == 0:
            counts[1] = 1
            end = (program.findtext("system-out") or "").strip().splitlines()[-15:]
            print(f"FAILED {name}: the program ended with an error", file=sys.stderr)
            for line in end:
                print(f"    {line}", file=sys.stderr)
        elif status == "run" and sum(counts) == 0:
            counts[1] = 1
            print(f"FAILED {name}: it ran no case", file=sys.stderr)
        total = [a + b for a, b in zip(total, counts)]
    print(*total)


main()
