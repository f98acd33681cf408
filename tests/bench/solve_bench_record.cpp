// What the network says before anything corrects it: stands in for the solver at link time and
// writes each problem down, for bench_solve. Prompts, seeds and paths are fixed below.
//   bench_solve_record WEIGHTS OUTPUT_FOLDER
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "engine/core/files.h"
#include "engine/network/kinescore_generator.h"
#include "engine/solve/solver.h"
#include "engine/storage/safetensors.h"

namespace kinescore {
namespace {

std::filesystem::path recordTo;

Status record(const SolveProblem& problem) {
  const Motion& motion = problem.motion;
  const std::int64_t frames = motion.frameCount();
  SafetensorsWriter writer;
  std::vector<float> roots, rotations, path;
  for (const glm::vec3& p : motion.rootPositions) roots.insert(roots.end(), {p.x, p.y, p.z});
  for (const glm::quat& q : motion.localRotations)
    rotations.insert(rotations.end(), {q.w, q.x, q.y, q.z});
  for (const SolvePathSample& s : problem.path) {
    path.insert(path.end(), {float(s.frame), s.position.x, s.position.y, s.weight});
  }
  writer.addFloats("root", {frames, 3}, roots);
  writer.addFloats("rotation", {frames, kJointCount22, 4}, rotations);
  writer.addFloats("contact", {frames, 4}, problem.contactProbabilities);
  writer.addFloats("path", {std::int64_t(problem.path.size()), 4}, path);
  return saveFileSafely(recordTo, writer.write());
}

}  // namespace

// In the place of the solver's own.
Result<SolveResult> solve(SolveProblem problem, std::stop_token) {
  if (const Status recorded = record(problem); !recorded) return recorded.error();
  SolveResult result;
  result.motion = std::move(problem.motion);
  return result;
}

}  // namespace kinescore

namespace {

using namespace kinescore;

struct Wanted {
  const char* prompt;
  const char* path = "";  // "", "straight" or "curve"
};
// The first twelve are those of resources/eval/prompts.json.
constexpr Wanted kWanted[] = {{"walk forward"},
                              {"walk forward and turn left"},
                              {"run forward"},
                              {"jog in place"},
                              {"turn around to the right"},
                              {"jump up high"},
                              {"jump forward"},
                              {"sit down"},
                              {"stand up"},
                              {"wave with the right hand"},
                              {"bend down and pick something up"},
                              {"kick with the right leg"},
                              {"a person walks slowly"},
                              {"walk backwards"},
                              {"walk fast"},
                              {"walk in a circle to the right"},
                              {"side step to the left"},
                              {"run and stop"},
                              {"jog forward"},
                              {"march with high knees"},
                              {"dance"},
                              {"punch with the left hand"},
                              {"walk forward", "straight"},
                              {"walk forward", "curve"}};
constexpr int kSeeds = 2;
constexpr double kSeconds = 5;

PathRequest pathOf(std::string_view shape) {
  PathRequest path;
  for (int i = 0; i <= 5; ++i) {
    const float z = 0.95f * float(i);
    const float x = shape == "curve" ? 0.08f * float(i * i) : 0.0f;
    PathPoint point;
    point.time = ticksFromSeconds(kSeconds * i / 5);
    point.position = {x, z};
    path.points.push_back(point);
  }
  return path;
}

int run(const std::filesystem::path& weights, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto generator =
      openKinescoreGenerator({.weights = weights, .device = DeviceChoice::Cpu, .threads = 1});
  if (!generator) return std::fprintf(stderr, "%s\n", generator.error().message.c_str()), 1;
  int index = 0;
  for (const Wanted& wanted : kWanted) {
    ++index;
    for (int seed = 11; seed < 11 + kSeeds; ++seed) {
      std::string name = std::string(wanted.prompt) +
                         (*wanted.path ? std::string(" on a path, ") + wanted.path : "");
      std::replace(name.begin(), name.end(), ' ', '_');
      char prefix[8];
      std::snprintf(prefix, sizeof prefix, "%02d_", index);
      recordTo = folder / (prefix + name + "." + std::to_string(seed) + ".safetensors");
      GenerationRequest request;
      request.span.end = ticksFromSeconds(kSeconds);
      request.texts.push_back({request.span, wanted.prompt, BodyPart::Whole, {}});
      if (*wanted.path) request.paths.push_back(pathOf(wanted.path));
      request.seed = std::uint64_t(seed);
      const auto made = (*generator)->generate(request, {}, {});
      if (!made) return std::fprintf(stderr, "%s\n", made.error().message.c_str()), 1;
      std::printf("%s\n", recordTo.filename().c_str());
    }
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return std::fprintf(stderr, "bench_solve_record WEIGHTS OUTPUT_FOLDER\n"), 2;
  return run(arguments[1], arguments[2]);
}
