// Exported files as an independent program sees them: Blender opens each, and what stands in its
// scene on every frame is compared with what evaluate() says. Needs `blender` on the PATH (or
// KINESCORE_BLENDER); without it every case is skipped.
//
//   KINESCORE_FULL=1             50 clips instead of 10
//   KINESCORE_BLENDER_GENERATED  instead of clips, the motions of this folder, each as <name>.bvh
//                                and <name>.fbx (run.sh lets the command line make some)

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numbers>

#include "engine/core/files.h"
#include "engine/io/bvh.h"
#include "engine/io/export_motion.h"
#include "engine/library/library.h"
#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

constexpr double kPositionToleranceMeters = 1e-4;
constexpr double kRotationToleranceDegrees = 0.01;
constexpr std::int64_t kMaxClipFrames = 240;

struct ExportCase {
  std::string name;
  ExportFormat format = ExportFormat::Bvh;
  FrameRate rate;
  bool centimeters = true;
  Motion frames;  // what must be seen, frame by frame
  fs::path file;
  fs::path seen;  // without ending: what the script writes
};

// Turns, bends and travels far, on every joint and through the poles of the angles.
Motion syntheticClip(int number) {
  Motion motion;
  motion.resize(150);
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    const float t = float(f) / 30.0f;
    motion.rootPositions[f] = {0.7f * t * float(number - 2), 0.95f + 0.1f * std::sin(4 * t),
                               1.3f * t};
    for (int j = 0; j < motion.jointCount(); ++j) {
      const float phase = 0.7f * float(j) + float(number);
      const glm::vec3 axis = glm::normalize(
          glm::vec3(std::sin(phase), std::cos(1.3f * phase), std::sin(2.1f * phase + 1)));
      motion.rotation(f, j) =
          glm::angleAxis((j == 0 ? 4.0f : 1.4f) * std::sin(1.1f * t + phase), axis);
    }
  }
  return motion;
}

int clipCount() {
  const char* full = std::getenv("KINESCORE_FULL");
  return full != nullptr && std::string_view(full) == "1" ? 50 : 10;
}

// Captured clips spread over the library, and two synthetic ones that do what people do not.
std::vector<std::pair<std::string, Motion>> clipsToExport() {
  std::vector<std::pair<std::string, Motion>> clips;
  for (int i = 0; i < 2; ++i) clips.emplace_back("synthetic" + std::to_string(i), syntheticClip(i));
  const auto library =
      loadLibrary(fs::path(KINESCORE_SOURCE_DIR) / "resources/library/motion.kslib");
  const int wanted = clipCount();
  for (int i = 2; i < wanted; ++i) {
    if (!library || library->clips.empty()) {
      clips.emplace_back("synthetic" + std::to_string(i), syntheticClip(i));
      continue;
    }
    const std::size_t index =
        (library->clips.size() - 1) * std::size_t(i - 2) / std::size_t(std::max(wanted - 3, 1));
    const LibraryClip& clip = library->clips[index];
    const std::int64_t frames = std::min(clip.motion.frameCount(), kMaxClipFrames);
    clips.emplace_back(clip.id, clip.motion.slice({0, frames}));
  }
  return clips;
}

struct Setup {
  std::vector<ExportCase> cases;
  std::string problem;  // why nothing could be compared
  bool isSkipped = false;
};

fs::path findBlender() {
  if (const char* given = std::getenv("KINESCORE_BLENDER")) return given;
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const fs::path candidate = fs::path(rest.substr(0, end)) / "blender";
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

int runBlender(const fs::path& blender, const fs::path& jobs, const fs::path& log) {
  const fs::path script = fs::path(KINESCORE_SOURCE_DIR) / "tests/blender/check_export.py";
  const pid_t child = ::fork();
  if (child == 0) {
    if (std::freopen(log.c_str(), "w", stdout) == nullptr) std::_Exit(126);
    ::dup2(1, 2);
    // without an exit code of its own a script that fails is a success to Blender
    ::execl(blender.c_str(), "blender", "-b", "--factory-startup", "--python-exit-code", "9",
            "--python", script.c_str(), "--", jobs.c_str(), nullptr);
    std::_Exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

void addClips(const fs::path& folder, std::vector<ExportCase>& cases, std::string& problem) {
  constexpr FrameRate kRates[] = {{30, 1}, {24, 1}, {24000, 1001}, {60, 1}};
  int number = 0;
  for (const auto& [name, motion] : clipsToExport()) {
    for (const ExportFormat format : {ExportFormat::Bvh, ExportFormat::Fbx}) {
      ExportCase c;
      c.format = format;
      c.rate = kRates[number % 4];
      c.centimeters = number % 5 != 3;
      c.name = name + (format == ExportFormat::Bvh ? ".bvh" : ".fbx");
      c.file = folder / c.name;
      c.frames = framesForExport(motion, c.rate, std::nullopt);
      ExportOptions options;
      options.format = format;
      options.rate = c.rate;
      options.centimeters = c.centimeters;
      const Status written = exportMotion(motion, c.file, options);
      if (!written) problem = written.error().message;
      cases.push_back(std::move(c));
    }
    ++number;
  }
}

std::vector<fs::path> generatedFiles() {
  std::vector<fs::path> files;
  const char* folder = std::getenv("KINESCORE_BLENDER_GENERATED");
  if (folder == nullptr || !fs::is_directory(folder)) return files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".bvh") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Both files of a pair must show what our own reader finds in the BVH.
void addGenerated(std::vector<ExportCase>& cases, std::string& problem) {
  for (const fs::path& file : generatedFiles()) {
    const auto bytes = readFile(file);
    const auto bvh =
        bytes ? readBvh(*bytes, file.filename().string()) : Result<BvhFile>(bytes.error());
    const auto motion = bvh ? motionFromBvh(*bvh, 0.01) : Result<Motion>(bvh.error());
    if (!motion) {
      problem = motion.error().message;
      continue;
    }
    for (const ExportFormat format : {ExportFormat::Bvh, ExportFormat::Fbx}) {
      ExportCase c;
      c.format = format;
      c.file = file;
      if (format == ExportFormat::Fbx) c.file.replace_extension(".fbx");
      c.name = c.file.filename().string();
      c.rate = motion->rate;
      c.frames = *motion;
      cases.push_back(std::move(c));
    }
  }
}

Setup prepare() {
  Setup setup;
  const fs::path blender = findBlender();
  if (blender.empty()) {
    setup.isSkipped = true;
    setup.problem = "blender is not installed";
    return setup;
  }
  const fs::path folder =
      fs::temp_directory_path() / ("kinescore-blender-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  if (std::getenv("KINESCORE_BLENDER_GENERATED") != nullptr) {
    addGenerated(setup.cases, setup.problem);
  } else {
    addClips(folder, setup.cases, setup.problem);
  }
  nlohmann::json jobs = nlohmann::json::array();
  for (ExportCase& c : setup.cases) {
    c.seen = folder / ("seen-" + c.name);
    jobs.push_back({{"file", c.file.string()},
                    {"format", c.format == ExportFormat::Fbx ? "fbx" : "bvh"},
                    {"metersPerUnit", c.centimeters ? 0.01 : 1.0},
                    {"out", c.seen.string()}});
  }
  std::ofstream(folder / "jobs.json") << nlohmann::json{{"jobs", jobs}};
  const int status = runBlender(blender, folder / "jobs.json", folder / "blender.log");
  if (status != 0) {
    setup.problem = "blender failed: " + readFile(folder / "blender.log").value();
  }
  return setup;
}

const Setup& setup() {
  static const Setup instance = prepare();
  return instance;
}

// The temporary folder goes when everything was compared.
class Cleanup : public testing::Environment {
 public:
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(fs::temp_directory_path() / ("kinescore-blender-" + std::to_string(::getpid())),
                   ignored);
  }
};
const auto* const kCleanup = testing::AddGlobalTestEnvironment(new Cleanup);

double angleDegreesBetween(const glm::dquat& a, const glm::dquat& b) {
  const glm::dquat d = glm::conjugate(glm::normalize(a)) * glm::normalize(b);
  return 2 * std::atan2(glm::length(glm::dvec3(d.x, d.y, d.z)), std::abs(d.w)) * 180 /
         std::numbers::pi;
}

struct Differences {
  double meters = 0;
  double degrees = 0;
  std::string where;
};

class SeenInBlender {
 public:
  explicit SeenInBlender(const ExportCase& c) : case_(c) {}

  void compare() {
    const auto text = readFile(case_.seen.string() + ".json");
    ASSERT_TRUE(text.ok()) << text.error().message;
    const nlohmann::json seen = nlohmann::json::parse(*text);
    ASSERT_EQ(seen.at("error"), "");
    const Skeleton& skeleton = *case_.frames.skeleton;
    const auto names = seen.at("joints").get<std::vector<std::string>>();
    const auto parents = seen.at("parents").get<std::vector<int>>();
    ASSERT_EQ(names.size(), std::size_t(skeleton.jointCount()));
    std::vector<int> ours(names.size());
    for (std::size_t j = 0; j < names.size(); ++j) {
      const auto joint = skeleton.findJoint(names[j]);
      ASSERT_TRUE(joint.has_value()) << "unknown joint " << names[j];
      ours[j] = *joint;
    }
    for (std::size_t j = 0; j < names.size(); ++j) {
      EXPECT_EQ(parents[j] < 0 ? kNoParent : ours[parents[j]], skeleton.parents[ours[j]])
          << names[j];
    }
    EXPECT_EQ(seen.at("frames").get<std::int64_t>(), case_.frames.frameCount());
    EXPECT_NEAR(seen.at("fps").get<double>(), case_.rate.fps(), 1e-4);
    const auto bytes = readFile(case_.seen.string() + ".f64");
    ASSERT_TRUE(bytes.ok());
    numbers_.resize(bytes->size() / sizeof(double));
    std::memcpy(numbers_.data(), bytes->data(), numbers_.size() * sizeof(double));
    const std::size_t joints = names.size();
    ASSERT_EQ(numbers_.size(), joints * (3 + 7 * std::size_t(case_.frames.frameCount())));
    compareRest(ours);
    compareFrames(ours);
  }

 private:
  glm::dvec3 position(std::size_t at) const {
    return {numbers_[at], numbers_[at + 1], numbers_[at + 2]};
  }

  // A T-pose: every joint as far from the hips as its offsets say.
  void compareRest(const std::vector<int>& ours) const {
    const WorldPose rest =
        forwardKinematics(*case_.frames.skeleton, restPose(*case_.frames.skeleton));
    glm::dvec3 hips(0);
    for (std::size_t j = 0; j < ours.size(); ++j) {
      if (ours[j] == kHips) hips = position(3 * j);
    }
    for (std::size_t j = 0; j < ours.size(); ++j) {
      const glm::dvec3 want =
          glm::dvec3(rest.positions[ours[j]]) - glm::dvec3(rest.positions[kHips]);
      EXPECT_LT(glm::length(position(3 * j) - hips - want), kPositionToleranceMeters)
          << "rest pose, " << case_.frames.skeleton->jointNames[ours[j]];
    }
  }

  void compareFrames(const std::vector<int>& ours) {
    std::size_t at = 3 * ours.size();
    Differences worst;
    for (std::int64_t f = 0; f < case_.frames.frameCount(); ++f) {
      const WorldPose want = forwardKinematics(*case_.frames.skeleton, case_.frames.pose(f));
      for (std::size_t j = 0; j < ours.size(); ++j) {
        const double meters =
            glm::length(position(at + 3 * j) - glm::dvec3(want.positions[ours[j]]));
        const std::size_t q = at + 3 * ours.size() + 4 * j;
        const glm::dquat seen(numbers_[q], numbers_[q + 1], numbers_[q + 2], numbers_[q + 3]);
        const double degrees = angleDegreesBetween(glm::dquat(want.rotations[ours[j]]), seen);
        if (meters > worst.meters || degrees > worst.degrees) {
          worst.where =
              "frame " + std::to_string(f) + ", " + case_.frames.skeleton->jointNames[ours[j]];
        }
        worst.meters = std::max(worst.meters, meters);
        worst.degrees = std::max(worst.degrees, degrees);
      }
      at += 7 * ours.size();
    }
    EXPECT_LT(worst.meters, kPositionToleranceMeters) << worst.where;
    EXPECT_LT(worst.degrees, kRotationToleranceDegrees) << worst.where;
    ::testing::Test::RecordProperty("worstMeters", std::to_string(worst.meters));
    ::testing::Test::RecordProperty("worstDegrees", std::to_string(worst.degrees));
    std::printf("  %-32s %4lld frames  %.4f mm  %.5f degrees\n", case_.name.c_str(),
                static_cast<long long>(case_.frames.frameCount()), worst.meters * 1000,
                worst.degrees);
  }

  const ExportCase& case_;
  std::vector<double> numbers_;
};

class Blender : public testing::TestWithParam<int> {};

TEST_P(Blender, SeesWhatWasExported) {
  if (setup().isSkipped) GTEST_SKIP() << setup().problem;
  ASSERT_EQ(setup().problem, "");
  ASSERT_LT(std::size_t(GetParam()), setup().cases.size());
  const ExportCase& c = setup().cases[GetParam()];
  SCOPED_TRACE(c.name);
  SeenInBlender(c).compare();
}

int caseCount() {
  if (std::getenv("KINESCORE_BLENDER_GENERATED") != nullptr)
    return 2 * int(generatedFiles().size());
  return 2 * clipCount();
}

INSTANTIATE_TEST_SUITE_P(Exports, Blender, testing::Range(0, caseCount()));

}  // namespace
}  // namespace kinescore
