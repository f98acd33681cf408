// resources/samples: each opens without a word, asks for something the engine takes, and names no file of anybody's.
#include <gtest/gtest.h>

#include "engine/project/media_files.h"
#include "engine/request/build_request.h"
#include "tests/support/sample_projects.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

const fs::path kSamples = fs::path(KINESCORE_SOURCE_DIR) / "resources/samples";

std::vector<fs::path> samples() {
  std::vector<fs::path> files;
  for (const auto& file : fs::directory_iterator(kSamples)) {
    if (file.path().extension() == ".kinescore") files.push_back(file.path());
  }
  return files;
}

/// The poses that the sample of three poses pins; they were taken from a take.
std::vector<Pose> pinnedPoses(const fs::path& file) {
  std::vector<Pose> poses;
  const auto opened = openProject(file);
  if (!opened) return poses;
  for (const auto& track : opened->document.timeline.tracks()) {
    for (const auto& clip : opened->document.timeline.clipsOf(track->id)) {
      if (const auto* key = std::get_if<PoseCondition>(&clip->condition)) poses.push_back(key->pose);
    }
  }
  return poses;
}

TEST(SampleProjectsTest, EachIsWhatTheCodeBesideTheTestsMakes) {
  const fs::path poses = kSamples / "three-poses.kinescore";
  EXPECT_EQ(pinnedPoses(poses).size(), 3u);
  for (const ProjectDocument& document :
       {rooftopCourier(), danceToABeat(), aroundTheBlock(), handsFirst(), threePoses(pinnedPoses(poses))}) {
    const fs::path file = kSamples / (document.name + ".kinescore");
    const std::string made = writeProject(document);
    const fs::path out = fs::temp_directory_path() / file.filename();
    if (made != bytesOf(file)) putBytes(out, made);
    EXPECT_EQ(made, bytesOf(file)) << "copy " << out << " over the sample when the change is meant";
  }
}

TEST(SampleProjectsTest, EachOpensAndAsksForSomethingTheEngineTakes) {
  ASSERT_EQ(samples().size(), 6u);
  for (const fs::path& file : samples()) {
    SCOPED_TRACE(file.filename());
    const auto opened = openProject(file);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_TRUE(opened->warnings.empty());
    EXPECT_TRUE(opened->document.takes.empty());
    EXPECT_TRUE(mediaFilesOf(opened->document.timeline).empty());
    const auto request = buildRequest(opened->document.timeline, {});
    ASSERT_TRUE(request) << request.error().message;
    EXPECT_TRUE(checkRequest(*request));
    EXPECT_GT(request->frameCount(), 90);
    EXPECT_FALSE(request->texts.empty() && request->poses.empty());
  }
}

TEST(SampleProjectsTest, NobodyHasToRunFasterThanPeopleDo) {
  for (const fs::path& file : samples()) {
    const auto request = buildRequest(openProject(file)->document.timeline, {});
    ASSERT_TRUE(request);
    for (const PathRequest& path : request->paths) {
      for (Ticks t = path.points.front().time; t < path.points.back().time; t += ticksFromSeconds(0.05)) {
        EXPECT_LT(glm::length(evaluatePath(path.points, t).velocity), 3.5f) << file << " " << secondsOf(t);
      }
    }
  }
}

TEST(SampleProjectsTest, PicturesAreSmall) {
  for (const fs::path& file : samples()) {
    const fs::path picture = fs::path(file).replace_extension(".png");
    ASSERT_TRUE(fs::exists(picture)) << picture;
    EXPECT_LE(fs::file_size(picture), 40u * 1024) << picture;
  }
}

}  // namespace
}  // namespace kinescore
