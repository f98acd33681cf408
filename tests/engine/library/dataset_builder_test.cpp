#include "engine/library/dataset_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "engine/retarget/alignment.h"

namespace kinescore {
namespace {

using ::testing::HasSubstr;

constexpr const char* kManifestHead =
    "id,file,format,clip,source,source_repository,subject,trial,fps,frames,seconds,description,category,split,flags,"
    "floor_y_m,metres_per_unit\n";
constexpr const char* kCaptionHead = "id,start_s,end_s,action,text_a,text_b,text_c\n";

// An ASF figure of straight bones with the names of the family; every bone may turn.
std::string asfText() {
  struct Bone {
    const char *name, *parent;
    float x, y, z;
  };
  constexpr Bone kBones[] = {
      {"lhipjoint", "root", 0.09f, -0.05f, 0},  {"lfemur", "lhipjoint", 0.14f, -0.38f, 0}, {"ltibia", "lfemur", 0.15f, -0.41f, 0},
      {"lfoot", "ltibia", 0, -0.04f, 0.12f},    {"ltoes", "lfoot", 0, 0, 0.06f},           {"rhipjoint", "root", -0.09f, -0.05f, 0},
      {"rfemur", "rhipjoint", -0.14f, -0.38f, 0}, {"rtibia", "rfemur", -0.15f, -0.41f, 0}, {"rfoot", "rtibia", 0, -0.04f, 0.12f},
      {"rtoes", "rfoot", 0, 0, 0.06f},          {"lowerback", "root", 0, 0.11f, 0},        {"upperback", "lowerback", 0, 0.11f, 0},
      {"thorax", "upperback", 0, 0.11f, 0},     {"lowerneck", "thorax", 0, 0.1f, 0},       {"upperneck", "lowerneck", 0, 0.1f, 0},
      {"head", "upperneck", 0, 0.1f, 0},        {"lclavicle", "thorax", 0.18f, 0.05f, 0},  {"lhumerus", "lclavicle", 0.3f, 0, 0},
      {"lradius", "lhumerus", 0.2f, 0, 0},      {"lhand", "lradius", 0.1f, 0, 0},          {"rclavicle", "thorax", -0.18f, 0.05f, 0},
      {"rhumerus", "rclavicle", -0.3f, 0, 0},   {"rradius", "rhumerus", -0.2f, 0, 0},      {"rhand", "rradius", -0.1f, 0, 0}};
  std::string text = ":units\nlength 1\nangle deg\n:root\norder TX TY TZ RX RY RZ\n:bonedata\n";
  std::string hierarchy = ":hierarchy\nbegin\n";
  for (const Bone& b : kBones) {
    text += std::string("begin\nname ") + b.name + "\ndirection " + std::to_string(b.x) + " " + std::to_string(b.y) + " " +
            std::to_string(b.z) + "\nlength 1\naxis 0 0 0 XYZ\n" + (std::string(b.name) == "lhumerus" ? "dof rx ry rz\n" : "") + "end\n";
    hierarchy += std::string(b.parent) + " " + b.name + "\n";
  }
  return text + hierarchy + "end\n";
}

std::string amcText(int frames) {
  std::string text = "#!OML:ASF a.asf\n# fps 60\n:DEGREES\n";
  for (int f = 0; f < frames; ++f) {
    text += std::to_string(f + 1) + "\nroot 0 0.9 0 0 0 0\nlhumerus 0 0 " + std::to_string(20 * std::sin(0.1 * f)) + "\n";
  }
  return text;
}

class DatasetBuilder : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("kinescore_dataset_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ / "cmu/07");
    write("cmu/07/a.asf", asfText());
    write("cmu/07/07_01.amc", amcText(120));
    write("captions.csv", std::string(kCaptionHead) + "cmu_07_01,0.0,1.0,walk,a walk,b,c\ncmu_07_01,1.0,9.0,stand,stand,b,c\n");
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& file, const std::string& text) { std::ofstream(folder_ / file, std::ios::binary) << text; }
  static std::string row(const std::string& id, const std::string& file, const std::string& flags = "",
                         const std::string& format = "amc", const std::string& split = "train") {
    return id + "," + file + "," + format + ",,CMU,x,07,01,60,120,2,\"walk, slow\",walk," + split + "," + flags + ",0.0,1\n";
  }
  Result<Dataset> build(const DatasetOptions& options = {}) { return buildDataset(folder_, options, {}); }

  std::filesystem::path folder_;
};

TEST_F(DatasetBuilder, MakesClipsWithCaptionsInFrames) {
  write("manifest.csv", kManifestHead + row("cmu_07_01", "cmu/07/07_01.amc"));
  int calls = 0;
  const Result<Dataset> dataset = buildDataset(folder_, {}, [&](const DatasetProgress& p) {
    EXPECT_LE(p.done, p.total);
    ++calls;
  });
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_GE(calls, 3);
  ASSERT_EQ(dataset->library.clips.size(), 1u);
  const LibraryClip& clip = dataset->library.clips[0];
  EXPECT_EQ(clip.motion.frameCount(), 60);
  EXPECT_EQ(clip.description, "walk, slow");
  ASSERT_EQ(clip.captions.size(), 2u);
  EXPECT_EQ(clip.captions[0].frames, (FrameRange{0, 30}));
  EXPECT_EQ(clip.captions[1].frames, (FrameRange{30, 60}));  // ends with the clip
  EXPECT_EQ(clip.quality, ClipQuality::Clean);
  EXPECT_THAT(datasetCard(dataset->library), HasSubstr("\"clips\": 1"));
  EXPECT_TRUE(writeLibrary(dataset->library).ok());
}

TEST_F(DatasetBuilder, BadClipsAreReportedAndOthersGoOn) {
  write("cmu/07/bad.amc", "#!OML:ASF a.asf\n1\nroot 0 0 0\n");
  write("cmu/07/nameless.amc", "1\nroot 0 0 0 0 0 0\n");
  write("manifest.csv", kManifestHead + row("cmu_07_02", "cmu/07/bad.amc") + row("cmu_07_03", "cmu/07/missing.amc") +
                            row("cmu_07_04", "../outside.amc") + row("cmu_07_05", "cmu/07/07_01.amc", "", "c3d") +
                            row("cmu_07_06", "cmu/07/nameless.amc") + row("cmu_07_07", "cmu/07/07_01.amc", "", "amc", "later") +
                            row("cmu_07_01", "cmu/07/07_01.amc"));
  const Result<Dataset> dataset = build();
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  EXPECT_EQ(dataset->library.clips.size(), 1u);
  ASSERT_EQ(dataset->report.failed.size(), 6u);
  for (const DatasetNote& note : dataset->report.failed) EXPECT_FALSE(note.text.empty());
  EXPECT_THAT(dataset->report.failed[0].text, HasSubstr("line 3"));
  EXPECT_THAT(dataset->report.failed[2].text, HasSubstr("outside"));
}

TEST_F(DatasetBuilder, LeavesOutRetimedRepeatedStillAndKeyedClips) {
  write("manifest.csv", kManifestHead + row("a", "cmu/07/07_01.amc", "x;retimed_240f") + row("b", "cmu/07/07_01.amc", "duplicate_of(c)") +
                            row("c", "cmu/07/07_01.amc", "static_pose") + row("cmu_127_01", "cmu/07/07_01.amc") +
                            row("k", "x.glb", "", "glb") + row("cmu_07_01", "cmu/07/07_01.amc"));
  const Result<Dataset> dataset = build();
  ASSERT_TRUE(dataset.ok());
  EXPECT_EQ(dataset->library.clips.size(), 1u);
  ASSERT_EQ(dataset->report.skipped.size(), 5u);
  EXPECT_THAT(dataset->report.skipped[4].text, HasSubstr("keyed animation is not used for training"));
}

TEST_F(DatasetBuilder, SaysWhenTheArchivesAreStillPacked) {
  write("manifest.csv", kManifestHead + row("bp", "ballplay/x.npz", "", "npz"));
  write("ballplay.tar.xz", "packed");
  const Result<Dataset> dataset = build();
  ASSERT_FALSE(dataset.ok());
  EXPECT_THAT(dataset.error().message, HasSubstr("unpack ballplay.tar.xz"));
}

TEST_F(DatasetBuilder, StopsWhenAsked) {
  write("manifest.csv", kManifestHead + row("cmu_07_01", "cmu/07/07_01.amc"));
  std::stop_source stop;
  stop.request_stop();
  const Result<Dataset> dataset = buildDataset(folder_, {}, {}, stop.get_token());
  ASSERT_FALSE(dataset.ok());
  EXPECT_EQ(dataset.error().code, ErrorCode::Cancelled);
}

TEST_F(DatasetBuilder, BadListsAreOneSentence) {
  EXPECT_FALSE(build().ok());  // no manifest
  for (const char* text : {"", "id,file\n1,2\n",
                           "id,file,format,fps,split,floor_y_m,metres_per_unit\na,b,amc,0,train,0,1\n",
                           "id,file,format,fps,split,floor_y_m,metres_per_unit\na,b,amc,60,train,nan,1\n"}) {
    write("manifest.csv", text);
    const Result<Dataset> dataset = build();
    ASSERT_FALSE(dataset.ok()) << text;
    EXPECT_THAT(dataset.error().message, HasSubstr("manifest.csv"));
  }
  write("manifest.csv", kManifestHead + row("cmu_07_01", "cmu/07/07_01.amc"));
  write("captions.csv", std::string(kCaptionHead) + "cmu_07_01,3,2,walk,a,b,c\n");
  EXPECT_FALSE(build().ok());
}

}  // namespace
}  // namespace kinescore
