// Captured clips written the way other people's folders hold them, read back and compared.
#include "engine/library/folder_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "engine/library/data_card.h"
#include "engine/library/joint_solve.h"
#include "engine/library/splits.h"
#include "engine/motion/kinematics.h"
#include "tests/engine/library/captured_motion.h"
#include "tests/support/numpy_files.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

std::string amassBytes(const Motion& motion, float size = 1, const char* rateName = "mocap_framerate") {
  const glm::quat lying = glm::angleAxis(float(M_PI) / 2, glm::vec3(1, 0, 0));
  std::vector<double> poses, trans;
  for (std::int64_t f = 0; f < motion.frameCount(); ++f) {
    for (int j = 0; j < 52; ++j) {
      const glm::quat q = j >= kJointCount22 ? glm::quat(1, 0, 0, 0) : j == 0 ? lying * motion.rotation(f, j) : motion.rotation(f, j);
      const glm::vec3 v = glm::angle(q) * glm::axis(q);
      poses.insert(poses.end(), {v.x, v.y, v.z});
    }
    const glm::vec3 p = lying * (size * motion.rootPositions[f] + glm::vec3(0, 0.3f, 0));
    trans.insert(trans.end(), {p.x, p.y, p.z});
  }
  const std::string frames = std::to_string(motion.frameCount());
  return npzBytes({{"poses.npy", npyBytes(frames + ", 156", poses)},
                   {"trans.npy", npyBytes(frames + ", 3", trans)},
                   {std::string(rateName) + ".npy", npyBytes<double>("", {motion.rate.fps()})}});
}

std::string jointBytes(const Motion& motion, float size) {
  const Motion twenty = resample(motion, kHumanMl3dRate);
  std::vector<float> values;
  for (const glm::vec3& p : worldPositions(twenty)) values.insert(values.end(), {size * p.x, size * p.y, size * p.z});
  return npyBytes(std::to_string(twenty.frameCount()) + ", 22, 3", values);
}

Result<Dataset> build(const fs::path& folder, const DatasetOptions& options = {}) { return buildDataset(folder, options, {}); }

TEST(FolderImport, KnowsTheStyles) {
  TemporaryFolder folder;
  EXPECT_EQ(styleOfFolder(folder.path()), std::nullopt);
  EXPECT_FALSE(build(folder.path()).ok());
  putBytes(folder / "a/b/c.npz", "x");
  EXPECT_EQ(styleOfFolder(folder.path()), FolderStyle::Tree);
  putBytes(folder / "texts/1.txt", "x");
  EXPECT_EQ(styleOfFolder(folder.path()), FolderStyle::HumanMl3d);
  putBytes(folder / "manifest.csv", "x");
  EXPECT_EQ(styleOfFolder(folder.path()), FolderStyle::Manifest);
}

TEST(FolderImport, AmassTreesBecomeClipsOnTheFloor) {
  TemporaryFolder folder;
  const Motion walk = capturedMotion("walk"), dance = capturedMotion("dance");
  putBytes(folder / "KIT/3/walk_poses.npz", amassBytes(resample(walk, {120, 1}), 1.1f));
  putBytes(folder / "KIT/4/dance_poses.npz", amassBytes(resample(dance, {100, 1}), 1, "mocap_frame_rate"));
  putBytes(folder / "KIT/4/shape.npz", npzBytes({{"betas.npy", npyBytes<double>("10,", std::vector<double>(10, 0.0))}}));
  putBytes(folder / "KIT/4/torn.npz", "PK\x03\x04");
  putBytes(folder / "captions.csv",
           "id,start_s,end_s,action,text_a,text_b,text_c\nKIT/3/walk_poses,0,1.5,walk,walk on,a person walks,b\nKIT/9/none,0,1,walk,x,y,z\n");
  putBytes(folder / "LICENSE.txt", "For research only.");
  const Result<Dataset> dataset = build(folder.path());
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  ASSERT_EQ(dataset->library.clips.size(), 2u);
  EXPECT_EQ(dataset->report.skipped.size() + dataset->report.failed.size(), 2u);
  EXPECT_THAT(dataset->library.licenseNotice, HasSubstr("For research only."));
  const LibraryClip& clip = dataset->library.clips[0];
  EXPECT_EQ(clip.id, "KIT/3/walk_poses");
  EXPECT_EQ(clip.source, "KIT");
  EXPECT_EQ(clip.subject, "3");
  EXPECT_EQ(clip.split, splitOfSubject("KIT", "3"));
  ASSERT_EQ(clip.captions.size(), 1u);
  EXPECT_EQ(clip.captions[0].frames, (FrameRange{0, 45}));
  EXPECT_EQ(clip.captions[0].textB, "a person walks");
  EXPECT_NEAR(double(clip.motion.frameCount()), double(walk.frameCount()), 2);
  EXPECT_LT(poseDistance(clip.motion, walk), 0.012);
  // The taller actor's way is found from the standing feet and brought to our size.
  EXPECT_NEAR(travelOf(clip.motion), travelOf(walk), 0.05 * travelOf(walk));
  const ClipFigures figures = measureClip(clip.motion), original = measureClip(walk);
  EXPECT_LT(figures.depth, 0.02);
  EXPECT_LT(figures.clearance, 0.03);
  EXPECT_LT(figures.footSkate, original.footSkate + 2);
  EXPECT_LT(poseDistance(dataset->library.clips[1].motion, dance), 0.012);
  EXPECT_TRUE(writeLibrary(dataset->library).ok());
}

TEST(FolderImport, CaptionFoldersWithJointPositions) {
  TemporaryFolder folder;
  const Motion walk = capturedMotion("walk"), dance = capturedMotion("dance");
  putBytes(folder / "texts/000001.txt",
           "a person walks#a/DET person/NOUN walk/VERB#0.0#0.0\nsomeone is slowly walking forward#someone/PRON walk/VERB forward/ADV#0.0#0.0\n"
           "he turns#he/PRON turn/VERB#1.0#2.5\n");
  putBytes(folder / "new_joints/000001.npy", jointBytes(walk, 0.9f));
  putBytes(folder / "texts/M000001.txt", "a person walks#walk/VERB#0.0#0.0\n");
  putBytes(folder / "new_joints/M000001.npy", jointBytes(mirrored(walk), 0.9f));
  putBytes(folder / "texts/000002.txt", "a dance#dance/NOUN#0.0#0.0\n");
  putBytes(folder / "new_joints/000002.npy", jointBytes(dance, 1));
  putBytes(folder / "texts/000003.txt", "nothing moves#stand/VERB#0.0#0.0\n");
  putBytes(folder / "test.txt", "000002\n");
  putBytes(folder / "train.txt", "000001\nM000001\n");
  const Result<Dataset> dataset = build(folder.path());
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  ASSERT_EQ(dataset->library.clips.size(), 2u);
  ASSERT_EQ(dataset->report.failed.size(), 1u);
  EXPECT_THAT(dataset->report.failed[0].text, HasSubstr("none of the folders"));
  ASSERT_EQ(dataset->report.skipped.size(), 1u);
  EXPECT_THAT(dataset->report.skipped[0].text, HasSubstr("mirror image of 000001"));
  const LibraryClip &first = dataset->library.clips[0], &second = dataset->library.clips[1];
  EXPECT_EQ(first.split, Split::Train);
  EXPECT_EQ(second.split, Split::Test);
  ASSERT_EQ(first.captions.size(), 2u);
  EXPECT_EQ(first.captions[0].textA, "a person walks");
  EXPECT_EQ(first.captions[0].textB, "someone is slowly walking forward");
  EXPECT_EQ(first.captions[0].action, "walk");
  EXPECT_EQ(first.captions[0].frames, (FrameRange{0, first.motion.frameCount()}));
  EXPECT_EQ(first.captions[1].frames, (FrameRange{30, 75}));
  EXPECT_EQ(first.captions[1].action, "turn");
  EXPECT_EQ(second.captions[0].action, "other");
  EXPECT_LT(poseDistance(first.motion, walk), 0.03);
  EXPECT_LT(poseDistance(second.motion, dance), 0.04);
  EXPECT_NEAR(travelOf(first.motion), travelOf(walk), 0.03 * travelOf(walk));
  EXPECT_LT(measureClip(first.motion).footSkate, measureClip(walk).footSkate + 2);
}

TEST(FolderImport, CaptionFoldersWithAnIndexIntoAnAmassTree) {
  TemporaryFolder folder;
  const Motion walk = capturedMotion("walk");
  putBytes(folder / "amass/KIT/3/walk_poses.npz", amassBytes(resample(walk, {60, 1})));
  putBytes(folder / "h/texts/000001.txt", "a person walks#walk/VERB#0.0#0.0\n");
  putBytes(folder / "h/texts/000002.txt", "another part#walk/VERB#0.0#0.0\n");
  putBytes(folder / "h/texts/000003.txt", "lost#walk/VERB#0.0#0.0\n");
  putBytes(folder / "h/index.csv",
           "source_path,start_frame,end_frame,new_name\n./pose_data/KIT/3/walk_poses.npy,0,40,000001.npy\n"
           "./pose_data/KIT/3/walk_poses.npy,20,60,000002.npy\n./pose_data/../../secret/walk_poses.npy,0,40,000003.npy\n");
  DatasetOptions options;
  options.amass = folder / "amass";
  const Result<Dataset> dataset = build(folder / "h", options);
  ASSERT_TRUE(dataset.ok()) << dataset.error().message;
  ASSERT_EQ(dataset->library.clips.size(), 2u);
  EXPECT_EQ(dataset->report.failed.size(), 1u);
  EXPECT_EQ(dataset->library.clips[0].subject, "3");
  EXPECT_NEAR(double(dataset->library.clips[0].motion.frameCount()), 60, 1);
  EXPECT_LT(poseDistance(dataset->library.clips[1].motion, walk.slice({30, 90})), 0.015);
  // Without the tree there is no motion, and the reason says so.
  const Result<Dataset> without = build(folder / "h");
  ASSERT_FALSE(without.ok());
  EXPECT_THAT(without.error().message, HasSubstr("no AMASS folder was given"));
}

TEST(FolderImport, AllClipsIntoOneSplitWhenAsked) {
  TemporaryFolder folder;
  for (int s = 0; s < 3; ++s) putBytes(folder / ("A/" + std::to_string(s) + "/m.npz"), amassBytes(capturedMotion("walk").slice({0, 60})));
  DatasetOptions options;
  options.split = Split::Unseen;
  const Result<Dataset> dataset = build(folder.path(), options);
  ASSERT_TRUE(dataset.ok());
  for (const LibraryClip& clip : dataset->library.clips) EXPECT_EQ(clip.split, Split::Unseen);
}

TEST(FolderImport, HostileListsAreOneSentence) {
  TemporaryFolder folder;
  putBytes(folder / "texts/1.txt", "a#b/VERB#0#0");
  for (const char* index : {"", "a,b\n", "source_path,start_frame,end_frame,new_name\nx,y,z,1.npy\n",
                            "source_path,start_frame,end_frame,new_name\nx,1e30,2,1.npy\n", "source_path,start_frame,end_frame,new_name\nx\n"}) {
    putBytes(folder / "index.csv", index);
    const Result<Dataset> dataset = build(folder.path());
    ASSERT_FALSE(dataset.ok());
    EXPECT_THAT(dataset.error().message, HasSubstr("index.csv")) << index;
    EXPECT_EQ(dataset.error().message.find('\n'), std::string::npos);
  }
}

TEST(WayScale, IsFoundFromStandingFeet) {
  for (const double size : {0.9, 1.0, 1.15}) {
    Motion walk = capturedMotion("walk");
    for (glm::vec3& p : walk.rootPositions) p *= float(size);
    EXPECT_NEAR(wayScaleOf(walk), 1 / size, 0.04) << size;
  }
}

TEST(DataCard, SaysTheSameInBothForms) {
  Library library;
  library.licenseNotice = "Free for all.";
  for (int i = 0; i < 3; ++i) {
    LibraryClip clip;
    clip.id = "clip" + std::to_string(i);
    clip.source = "S";
    clip.subject = i == 2 ? "two" : "one";
    clip.category = "walk";
    clip.split = i == 0 ? Split::Train : i == 1 ? Split::Test : Split::Unseen;
    clip.motion = capturedMotion("walk").slice({i * 20, i * 20 + 60});
    clip.captions = {{{0, 30}, "walk", "walk with the left hand up", "a person walks", ""}};
    library.clips.push_back(std::move(clip));
  }
  const auto check = checkLibrary(library, {});
  ASSERT_TRUE(check.ok());
  const DataCard card = makeDataCard(library, *check, "A small library");
  EXPECT_THAT(card.markdown, HasSubstr("# A small library"));
  EXPECT_THAT(card.markdown, HasSubstr("3 clips, 0.1 minutes"));
  EXPECT_THAT(card.markdown, HasSubstr("| train | 1 | 0.03 | 1 | 1 |"));
  EXPECT_THAT(card.markdown, HasSubstr("Subjects in two splits: train and test 1."));
  EXPECT_THAT(card.markdown, HasSubstr("Left is named in 3 captions, right in 0."));
  EXPECT_THAT(card.markdown, HasSubstr("50 % of the time is captioned"));
  EXPECT_THAT(card.markdown, HasSubstr("Free for all."));
  EXPECT_THAT(card.json, HasSubstr("\"clips\": 3"));
  EXPECT_THAT(card.json, HasSubstr("\"vocabulary_words\": 9"));
}

}  // namespace
}  // namespace kinescore
