// Thirty clips against an independent retarget. Needs the raw motion: unpacked in KINESCORE_MOTION,
// or the archives in KINESCORE_DATA/motion, of which the few files are unpacked to a temporary folder.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "engine/core/files.h"
#include "engine/library/clip_loader.h"
#include "engine/library/dataset_builder.h"
#include "engine/motion/kinematics.h"
#include "engine/retarget/retarget.h"
#include "engine/storage/safetensors.h"

namespace kinescore {
namespace {

std::filesystem::path fromEnvironment(const char* name, const std::string& fallback) {
  const char* value = std::getenv(name);
  return value ? std::filesystem::path(value) : std::filesystem::path(KINESCORE_SOURCE_DIR) / fallback;
}

std::string inQuotes(const std::filesystem::path& path) { return "'" + path.string() + "'"; }

// The folder with the raw clips, or nothing.
std::optional<std::filesystem::path> motionFolder(const std::filesystem::path& data, const std::vector<ManifestRow>& rows) {
  const std::filesystem::path given = fromEnvironment("KINESCORE_MOTION", "../shared/data/motion");
  if (std::filesystem::exists(given / rows.front().file)) return given;
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "kinescore_goldens_motion";
  std::filesystem::create_directories(folder);
  std::set<std::string> archives;
  for (const ManifestRow& row : rows) archives.insert(std::filesystem::path(row.file).begin()->string());
  for (const std::string& archive : archives) {
    std::string files;
    for (const ManifestRow& row : rows) {
      if (row.file.rfind(archive + "/", 0) == 0) files += " " + inQuotes(row.file);
    }
    if (archive == "cmu") files += " 'cmu/*/*.asf'";
    if (archive == "ballplay") files += " ballplay/skeleton.json";
    if (std::filesystem::exists(folder / (archive + ".done"))) continue;
    const std::string command = "tar -xf " + inQuotes(data / "motion" / (archive + ".tar.xz")) + " -C " + inQuotes(folder) +
                                " --wildcards" + files + " 2>/dev/null && touch " + inQuotes(folder / (archive + ".done"));
    if (std::system(command.c_str()) != 0) return std::nullopt;
  }
  for (const char* list : {"manifest.csv", "captions.csv"}) {
    std::filesystem::copy_file(data / "motion" / list, folder / list, std::filesystem::copy_options::overwrite_existing);
  }
  return folder;
}

struct Golden {
  Motion motion;
  std::vector<float> contacts;
};

Golden goldenOf(const SafetensorsFile& file, const std::string& id) {
  const std::vector<float> turns = file.find(id + "/local_quat_wxyz")->toFloats();
  const std::vector<float> roots = file.find(id + "/root_pos")->toFloats();
  Golden golden;
  golden.contacts = file.find(id + "/contacts")->toFloats();
  golden.motion.resize(std::int64_t(roots.size() / 3));
  for (std::size_t f = 0; f < roots.size() / 3; ++f) {
    golden.motion.rootPositions[f] = {roots[f * 3], roots[f * 3 + 1], roots[f * 3 + 2]};
    for (int j = 0; j < kJointCount22; ++j) {
      const float* q = &turns[(f * kJointCount22 + j) * 4];
      golden.motion.rotation(std::int64_t(f), j) = glm::quat(q[0], q[1], q[2], q[3]);
    }
  }
  return golden;
}

double degreesBetween(const glm::quat& a, const glm::quat& b) {
  return 2 * std::acos(std::min(1.0, std::abs(double(glm::dot(glm::normalize(a), glm::normalize(b)))))) * 180 / M_PI;
}

struct Agreement {
  double distance = 0;       // metres, mean over joints and frames
  double distanceLevel = 0;  // … after removing one constant height
  double body = 0;           // degrees, mean
  double feet = 0;
  double contacts = 0;       // share of equal flags
};

Agreement compare(const Golden& golden, const Motion& motion) {
  const std::vector<glm::vec3> a = worldPositions(golden.motion);
  const std::vector<glm::vec3> b = worldPositions(motion);
  const std::size_t frames = golden.motion.rootPositions.size();
  Agreement result;
  double height = 0;
  for (std::size_t i = 0; i < a.size(); ++i) height += (a[i].y - b[i].y) / double(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    result.distance += glm::length(a[i] - b[i]) / double(a.size());
    result.distanceLevel += glm::length(a[i] - b[i] - glm::vec3(0, float(height), 0)) / double(a.size());
  }
  constexpr int kBody[] = {kHips, kLeftUpLeg, kRightUpLeg, kLeftLeg, kRightLeg, kSpine, kSpine1, kSpine2,
                           kNeck, kLeftShoulder, kRightShoulder, kLeftArm, kRightArm};
  constexpr int kFeet[] = {kLeftFoot, kRightFoot, kLeftToeBase, kRightToeBase};
  for (std::size_t f = 0; f < frames; ++f) {
    const WorldPose wa = forwardKinematics(*golden.motion.skeleton, golden.motion.pose(std::int64_t(f)));
    const WorldPose wb = forwardKinematics(*motion.skeleton, motion.pose(std::int64_t(f)));
    for (int j : kBody) result.body += degreesBetween(wa.rotations[j], wb.rotations[j]) / double(frames * std::size(kBody));
    for (int j : kFeet) result.feet += degreesBetween(wa.rotations[j], wb.rotations[j]) / double(frames * std::size(kFeet));
    for (int k = 0; k < 4; ++k) {
      result.contacts += ((golden.contacts[f * 4 + k] > 0.5f) == (motion.contacts[f * 4 + k] != 0)) / double(frames * 4);
    }
  }
  return result;
}

TEST(RetargetGoldens, ThirtyClipsAgreeWithAnIndependentRetarget) {
  const std::filesystem::path goldens = fromEnvironment("KINESCORE_GOLDENS", "../shared/goldens") / "retarget/retarget.safetensors";
  const std::filesystem::path data = fromEnvironment("KINESCORE_DATA", "../shared/data");
  if (!std::filesystem::exists(goldens) || !std::filesystem::exists(data / "motion/manifest.csv")) {
    GTEST_SKIP() << "no goldens or no motion data";
  }
  const Result<SafetensorsFile> file = SafetensorsFile::load(goldens);
  ASSERT_TRUE(file.ok()) << file.error().message;
  std::set<std::string> ids;
  for (const auto& [name, tensor] : file->tensors()) ids.insert(name.substr(0, name.rfind('/')));
  ASSERT_EQ(ids.size(), 30u);

  const Result<std::string> text = readFile(data / "motion/manifest.csv");
  ASSERT_TRUE(text.ok());
  const Result<std::vector<ManifestRow>> manifest = parseManifest(*text);
  ASSERT_TRUE(manifest.ok());
  std::vector<ManifestRow> rows;
  for (const ManifestRow& row : *manifest) {
    if (ids.contains(row.id)) rows.push_back(row);
  }
  ASSERT_EQ(rows.size(), 30u);
  const auto folder = motionFolder(data, rows);
  if (!folder) GTEST_SKIP() << "the motion archives cannot be unpacked here";

  DatasetOptions options;
  options.withKeyed = true;
  options.onlyClips.assign(ids.begin(), ids.end());
  const Result<Dataset> dataset = buildDataset(*folder, options, {});
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  for (const DatasetNote& note : dataset->report.failed) ADD_FAILURE() << note.clip << ": " << note.text;
  double distance = 0;
  double level = 0;
  double contacts = 0;
  for (const ManifestRow& row : rows) {
    SCOPED_TRACE(row.id);
    const Golden golden = goldenOf(*file, row.id);
    Motion motion;
    if (const LibraryClip* clip = dataset->library.findClip(row.id)) {
      motion = clip->motion;
    } else {  // a retimed clip never enters a library, but its skeleton is one of the families
      ASSERT_TRUE(row.hasFlag("retimed_240f"));
      ClipLoader loader(*folder);
      const Result<LoadedClip> loaded = loader.load(row);
      ASSERT_TRUE(loaded.ok()) << loaded.error().message;
      const Result<Motion> alone = retargetClip(loaded->source, row.floorHeight);
      ASSERT_TRUE(alone.ok()) << alone.error().message;
      motion = *alone;
    }
    ASSERT_GE(motion.frameCount(), golden.motion.frameCount());
    const Agreement agreement = compare(golden, motion);
    EXPECT_LT(agreement.distanceLevel, 0.02);
    EXPECT_LT(agreement.distance, 0.02);  // the floor shift is applied
    EXPECT_LT(agreement.body, 2);
    EXPECT_LT(agreement.feet, 15);
    EXPECT_GT(agreement.contacts, 0.85);
    distance += agreement.distance / 30;
    level += agreement.distanceLevel / 30;
    contacts += agreement.contacts / 30;
  }
  EXPECT_LT(distance, 0.01);
  EXPECT_LT(level, 0.005);
  EXPECT_GT(contacts, 0.95);
  RecordProperty("mean_distance_mm", int(distance * 1000));
  std::printf("mean joint distance %.2f cm, level %.2f cm, contacts %.1f %%\n", distance * 100, level * 100, contacts * 100);
}

}  // namespace
}  // namespace kinescore
