// What the solver makes of motions: captures that are damaged on purpose, against the undamaged
// truth, and what the network says before anything corrects it (recorded by bench_solve_record).
//   bench_solve LIBRARY RECORDINGS_FOLDER [--each] [--only TEXT]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <numbers>
#include <string>
#include <vector>

#include "engine/core/random.h"
#include "engine/library/library.h"
#include "engine/motion/kinematics.h"
#include "engine/solve/contact_runs.h"
#include "engine/solve/rotation_vector.h"
#include "engine/solve/solver.h"
#include "engine/storage/safetensors.h"

namespace {

using namespace kinescore;

constexpr int kJoints = kJointCount22;
constexpr double kFps = 30;

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto at = values.begin() + std::ptrdiff_t(double(values.size() - 1) * share);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}
double meanOf(const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return values.empty() ? 0 : sum / double(values.size());
}

// Collected over the motions of one set; percentiles and means are over all of them together.
struct Figures {
  std::vector<double> low;           // mm a frame of toes below 5 cm in both frames
  std::vector<double> standing;      // mm a frame of toes in contact runs
  std::vector<double> swingHeights;  // cm, of toes at the fastest of each swing
  std::vector<double> jerks;         // m/s^3
  std::vector<double> kneeSpeeds;    // degrees a second
  std::vector<double> penetrations;  // mm, sole points of all feet and frames
  std::vector<double> changes;       // cm, joints against the motion before
  std::vector<double> poseErrors;    // cm, joints about the root against the truth
  std::vector<double> speedErrors;   // cm/s, joints against the truth
  std::vector<double> keyMisses, targetMisses, pathMisses;  // cm
  std::vector<double> rootSpeeds;
  double feetFrames = 0;
  double seconds = 0, frames = 0;
};

void measure(const Motion& motion, const std::vector<ContactRun>& runs, Figures& figures) {
  const std::vector<glm::vec3> p = worldPositions(motion);
  const std::int64_t frames = motion.frameCount();
  const auto at = [&](std::int64_t f, int j) {
    return glm::dvec3(p[std::size_t(f) * kJoints + j]);
  };
  const auto ground = [](const glm::dvec3& v) { return std::hypot(v.x, v.z); };
  const std::vector<std::uint8_t> flags = flagsOf(runs, frames);
  for (int side = 0; side < 2; ++side) {
    const int toe = side == 0 ? kLeftToeBase : kRightToeBase;
    const int contact = 2 * side + 1;
    double fastest = 0, height = 0;
    for (std::int64_t f = 1; f < frames; ++f) {
      const double step = ground(at(f, toe) - at(f - 1, toe));
      figures.feetFrames += 1;
      if (at(f, toe).y < 0.05 && at(f - 1, toe).y < 0.05) figures.low.push_back(1000 * step);
      if (flags[f * 4 + contact] && flags[(f - 1) * 4 + contact])
        figures.standing.push_back(1000 * step);
      const bool swings = !flags[f * 4 + contact] && !flags[(f - 1) * 4 + contact];
      if (swings && step * kFps > fastest) {
        fastest = step * kFps;
        height = 0.5 * (at(f, toe).y + at(f - 1, toe).y);
      }
      if (!swings || f + 1 == frames) {
        if (fastest > 1) figures.swingHeights.push_back(100 * height);
        fastest = 0;
      }
    }
    const int hip = side == 0 ? kLeftUpLeg : kRightUpLeg, knee = side == 0 ? kLeftLeg : kRightLeg;
    const int ankle = side == 0 ? kLeftFoot : kRightFoot;
    double before = 0;
    for (std::int64_t f = 0; f < frames; ++f) {
      const glm::dvec3 thigh = glm::normalize(at(f, knee) - at(f, hip));
      const glm::dvec3 shin = glm::normalize(at(f, ankle) - at(f, knee));
      const double angle = std::acos(std::clamp(glm::dot(thigh, shin), -1.0, 1.0));
      if (f > 0)
        figures.kneeSpeeds.push_back(std::abs(angle - before) * kFps * 180 / std::numbers::pi);
      before = angle;
    }
  }
  for (std::int64_t f = 3; f < frames; ++f) {
    for (int j = 0; j < kJoints; ++j) {
      const glm::dvec3 third = at(f, j) - 3.0 * at(f - 1, j) + 3.0 * at(f - 2, j) - at(f - 3, j);
      figures.jerks.push_back(glm::length(third) * kFps * kFps * kFps);
    }
  }
  WorldPose world;
  for (std::int64_t f = 0; f < frames; ++f) {
    forwardKinematicsInto(*motion.skeleton, motion.pose(f), world);
    for (const SolePoint& point : kSolePoints) {
      const double y =
          (world.positions[point.joint] + world.rotations[point.joint] * point.offset).y;
      figures.penetrations.push_back(1000 * std::max(-y, 0.0));
    }
  }
  for (std::int64_t f = 1; f < frames; ++f)
    figures.rootSpeeds.push_back(kFps * ground(at(f, 0) - at(f - 1, 0)));
}

void compare(const Motion& motion, const Motion& other, std::vector<double>* places,
             std::vector<double>* poses, std::vector<double>* speeds) {
  const std::vector<glm::vec3> a = worldPositions(motion), b = worldPositions(other);
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    for (int j = 0; j < kJoints; ++j) {
      const std::size_t i = std::size_t(f) * kJoints + j, root = std::size_t(f) * kJoints;
      const glm::dvec3 away = glm::dvec3(a[i]) - glm::dvec3(b[i]);
      if (places) places->push_back(100 * glm::length(away));
      glm::dvec3 aside = away - (glm::dvec3(a[root]) - glm::dvec3(b[root]));
      aside.y = away.y;
      if (poses) poses->push_back(100 * glm::length(aside));
      if (!speeds || f == 0) continue;
      const glm::dvec3 before = glm::dvec3(a[i - kJoints]) - glm::dvec3(b[i - kJoints]);
      speeds->push_back(100 * kFps * glm::length(away - before));
    }
  }
}

enum class How { Nothing, Solved, SolvedWithoutClearance };
constexpr std::pair<How, const char*> kHows[] = {
    {How::Nothing, "before"},
    {How::Solved, "solved"},
    {How::SolvedWithoutClearance, "solved, swings as they are"}};

struct Case {
  std::string name;
  SolveProblem problem;
  Motion truth;  // or no frames
};

bool solveAndMeasure(const Case& c, How how, Figures& figures) {
  const std::vector<ContactRun> runs = findContactRuns(c.problem);
  if (how == How::Nothing) {
    measure(c.problem.motion, runs, figures);
    if (c.truth.frameCount() > 0)
      compare(c.problem.motion, c.truth, nullptr, &figures.poseErrors, &figures.speedErrors);
    return true;
  }
  SolveProblem problem = c.problem;
  problem.swingClearance = how == How::Solved;
  const std::clock_t start = std::clock();  // of the processor: the machine may be busy
  const auto result = solve(problem);
  figures.seconds += double(std::clock() - start) / CLOCKS_PER_SEC;
  if (!result)
    return std::fprintf(stderr, "%s: %s\n", c.name.c_str(), result.error().message.c_str()), false;
  figures.frames += double(c.problem.motion.frameCount());
  measure(result->motion, runs, figures);
  compare(result->motion, c.problem.motion, &figures.changes, nullptr, nullptr);
  if (c.truth.frameCount() > 0)
    compare(result->motion, c.truth, nullptr, &figures.poseErrors, &figures.speedErrors);
  if (!problem.keys.empty()) figures.keyMisses.push_back(100 * result->figures.keyWorstMeters);
  if (!problem.targets.empty())
    figures.targetMisses.push_back(100 * result->figures.targetWorstMeters);
  if (!problem.path.empty()) figures.pathMisses.push_back(100 * result->figures.pathWorstMeters);
  return true;
}

void printHeader(const std::string& title) {
  std::printf(
      "\n## %s\n\n| | skate mm/f | > 0.5 m/s | toes low | standing mm/f | > 0.5 m/s | swing toe cm "
      "| jerk mean | p95 | "
      "knee p99 deg/s | sunk mm | > 1 cm | root m/s | change cm | pose err cm | speed err cm/s | "
      "key/target/path cm | ms per 300 |\n"
      "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
      title.c_str());
}
void printRow(const std::string& name, const Figures& f) {
  const auto above = [](const std::vector<double>& v, double limit) {
    double count = 0;
    for (const double x : v) count += x > limit;
    return v.empty() ? 0 : count / double(v.size());
  };
  const double fast = 1000 * 0.5 / kFps;
  const auto worst = [](const std::vector<double>& v) {
    return v.empty() ? 0 : *std::max_element(v.begin(), v.end());
  };
  std::printf(
      "| %s | %.2f | %.3f | %.2f | %.2f | %.3f | %.1f | %.0f | %.0f | %.0f | %.2f | %.3f | %.2f | "
      "%.2f | %.2f | %.1f | %.2f/%.2f/%.2f | %.1f |\n",
      name.c_str(), meanOf(f.low), above(f.low, fast),
      double(f.low.size()) / std::max(f.feetFrames, 1.0), meanOf(f.standing),
      above(f.standing, fast), percentile(f.swingHeights, 0.5), meanOf(f.jerks),
      percentile(f.jerks, 0.95), percentile(f.kneeSpeeds, 0.99), meanOf(f.penetrations),
      above(f.penetrations, 10), meanOf(f.rootSpeeds), meanOf(f.changes), meanOf(f.poseErrors),
      meanOf(f.speedErrors), worst(f.keyMisses), worst(f.targetMisses), worst(f.pathMisses),
      f.frames > 0 ? 1000 * f.seconds / f.frames * 300 : 0.0);
}

// Smooth noise of the wanted deviation: white noise through two passes of a one-pole low pass.
std::vector<double> slowNoise(std::int64_t frames, std::uint64_t seed, std::uint32_t channel,
                              double deviation) {
  std::vector<double> values(std::size_t(frames), 0.0);
  double a = 0, b = 0, sum = 0;
  constexpr double kShare = 0.3;  // about 1.5 Hz
  for (std::int64_t f = -60; f < frames; ++f) {
    a += kShare * (double(normalNoise(seed, f + 60, channel)) - a);
    b += kShare * (a - b);
    if (f >= 0) values[f] = b;
  }
  for (const double v : values) sum += v * v;
  const double scale = deviation / std::max(std::sqrt(sum / double(frames)), 1e-9);
  for (double& v : values) v *= scale;
  return values;
}

std::vector<Case> damagedCaptures(const Library& library, bool onlyWalks, bool isDamaged) {
  std::vector<Case> cases;
  int index = 0;
  for (const LibraryClip& clip : library.clips) {
    if (clip.quality != ClipQuality::Clean || !clip.flatFloor || clip.motion.frameCount() < 120)
      continue;
    const bool walks = std::any_of(clip.captions.begin(), clip.captions.end(),
                                   [](const Caption& c) { return c.action == "walk"; });
    if (onlyWalks && !walks) continue;
    if (index++ % (onlyWalks ? 5 : 12) != 0) continue;
    Case c{
        clip.id, {}, clip.motion.slice({0, std::min<std::int64_t>(clip.motion.frameCount(), 300)})};
    c.problem.motion = c.truth;
    c.problem.contactProbabilities.assign(c.truth.contacts.begin(), c.truth.contacts.end());
    if (isDamaged) {
      Motion& motion = c.problem.motion;
      const glm::vec3 start = motion.rootPositions.front();
      for (glm::vec3& p : motion.rootPositions) {
        p = {start.x + 1.15f * (p.x - start.x), p.y - 0.03f, start.z + 1.15f * (p.z - start.z)};
      }
      for (int j = 1; j < kJoints; ++j) {
        std::vector<std::vector<double>> noise;
        for (int i = 0; i < 3; ++i)
          noise.push_back(slowNoise(motion.frameCount(), 7 + std::uint64_t(index),
                                    std::uint32_t(3 * j + i), 0.02));
        for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
          motion.rotation(f, j) = toFloat(turnOf({noise[0][f], noise[1][f], noise[2][f]}) *
                                          glm::dquat(motion.rotation(f, j)));
        }
      }
    }
    cases.push_back(std::move(c));
  }
  return cases;
}

std::vector<Case> recordings(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Case> cases;
  for (const auto& file : files) {
    const auto tensors = SafetensorsFile::load(file);
    if (!tensors) continue;
    const std::vector<float> root = tensors->find("root")->toFloats(),
                             turns = tensors->find("rotation")->toFloats();
    const std::vector<float> path = tensors->find("path")->toFloats();
    Case c{file.stem().string(), {}, {}};
    c.truth.resize(0);
    Motion& motion = c.problem.motion;
    motion.resize(std::int64_t(root.size() / 3));
    for (std::size_t f = 0; f < root.size() / 3; ++f)
      motion.rootPositions[f] = {root[3 * f], root[3 * f + 1], root[3 * f + 2]};
    for (std::size_t i = 0; i < turns.size() / 4; ++i) {
      motion.localRotations[i] =
          glm::quat(turns[4 * i], turns[4 * i + 1], turns[4 * i + 2], turns[4 * i + 3]);
    }
    c.problem.contactProbabilities = tensors->find("contact")->toFloats();
    for (std::size_t i = 0; i + 3 < path.size(); i += 4) {
      c.problem.path.push_back(
          {std::int64_t(path[i]), {path[i + 1], path[i + 2]}, std::nullopt, path[i + 3]});
    }
    cases.push_back(std::move(c));
  }
  return cases;
}

// Poses of the motion itself, moved a little, between frames; and a hand to be somewhere else.
void askForKeys(Case& c) {
  const Motion& motion = c.problem.motion;
  for (const double share : {0.2, 0.5, 0.8}) {
    const Ticks time{std::int64_t(share * double(motion.duration().value))};
    Pose pose = evaluate(motion, time);
    pose.rootPosition += glm::vec3(0.04f, 0, 0.03f);
    pose.localRotations[kRightArm] =
        glm::angleAxis(-0.5f, glm::vec3(0, 0, 1)) * pose.localRotations[kRightArm];
    c.problem.keys.push_back({time, pose, 1});
  }
  const Ticks time{std::int64_t(0.35 * double(motion.duration().value))};
  const WorldPose world = forwardKinematics(*motion.skeleton, evaluate(motion, time));
  c.problem.targets.push_back({time, kLeftHand,
                               world.positions[kLeftHand] + glm::vec3(0.05f, 0.15f, 0.1f),
                               std::nullopt, 1});
}

bool isWalkLike(const std::string& name) {
  for (const char* word : {"walk", "march", "side_step", "jog_forward", "run"}) {
    if (name.find(word) != std::string::npos) return true;
  }
  return false;
}

bool report(const std::string& title, const std::vector<Case>& cases, bool each) {
  printHeader(title + ", " + std::to_string(cases.size()) + " motions");
  for (const auto& [how, name] : kHows) {
    Figures all;
    for (const Case& c : cases) {
      if (each) {
        Figures one;
        if (!solveAndMeasure(c, how, one)) return false;
        printRow(c.name + ": " + name, one);
      }
      if (!solveAndMeasure(c, how, all)) return false;
    }
    printRow(name, all);
  }
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3)
    return std::fprintf(stderr, "bench_solve LIBRARY RECORDINGS_FOLDER [--each] [--only TEXT]\n"),
           2;
  bool each = false;
  std::string only;
  for (int i = 3; i < count; ++i) {
    if (std::string(arguments[i]) == "--each") each = true;
    if (std::string(arguments[i]) == "--only" && i + 1 < count) only = arguments[++i];
  }
  const auto library = loadLibrary(arguments[1]);
  if (!library) return std::fprintf(stderr, "%s\n", library.error().message.c_str()), 1;
  std::vector<Case> raw = recordings(arguments[2]);
  std::erase_if(raw, [&](const Case& c) { return c.name.find(only) == std::string::npos; });
  std::vector<Case> walks = raw, others = raw, keyed = raw;
  std::erase_if(walks,
                [](const Case& c) { return !isWalkLike(c.name) || !c.problem.path.empty(); });
  std::erase_if(others,
                [](const Case& c) { return isWalkLike(c.name) || !c.problem.path.empty(); });
  std::vector<Case> paths = raw;
  std::erase_if(paths, [](const Case& c) { return c.problem.path.empty(); });
  for (Case& c : keyed) askForKeys(c);
  bool isDone = true;
  if (only.empty()) {
    isDone = report("Captures as they are, walks", damagedCaptures(*library, true, false), each) &&
             report("Captures as they are, of all kinds", damagedCaptures(*library, false, false),
                    each) &&
             report("Damaged captures, walks", damagedCaptures(*library, true, true), each) &&
             report("Damaged captures, of all kinds", damagedCaptures(*library, false, true), each);
  }
  isDone = isDone && report("Generated, walking and running", walks, each) &&
           report("Generated, others", others, each) &&
           report("Generated, on a path", paths, each) &&
           report("Generated, with keys and a target", keyed, each);
  return isDone ? 0 : 1;
}
