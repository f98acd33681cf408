// A user's folder becomes references beside the library that ships, and goes again.
#include "engine/library/user_libraries.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/io/bvh_writer.h"
#include "tests/engine/library/captured_motion.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

std::string bvhOf(const Motion& motion) { return writeBvh(motion, {kEngineRate, true}); }

Motion standing(std::int64_t frames) {
  Motion motion;
  for (std::int64_t f = 0; f < frames; ++f) motion.appendPose(restPose(*kinescore22()));
  return motion;
}

Result<std::vector<float>> vectorOf(std::string_view sentence) {
  std::vector<float> vector(4, 0.1f);
  vector[sentence.find("sneak") != std::string_view::npos ? 0 : sentence.find("dance") != std::string_view::npos ? 1 : 2] = 1;
  const std::vector<float> only[] = {vector};
  return meanDirection(only);
}

class UserLibraries : public testing::Test {
 protected:
  void SetUp() override {
    putBytes(mine_ / "sneak_walk.bvh", bvhOf(capturedMotion("walk").slice({0, 90})));
    putBytes(mine_ / "b/dance.bvh", bvhOf(capturedMotion("dance").slice({0, 90})));
    putBytes(mine_ / "b/dance.txt", "a wild dance\nsomebody dances about#someone/PRON dances/VERB#0.5#2\n");
    putBytes(mine_ / "still.bvh", bvhOf(standing(60)));
    putBytes(mine_ / "torn.bvh", bvhOf(standing(60)).substr(0, 500));
  }
  [[nodiscard]] UserClips read(const std::string& name) const {
    auto clips = readUserClips(mine_, name);
    EXPECT_TRUE(clips.ok()) << clips.error().message;
    return clips ? std::move(*clips) : UserClips{};
  }
  LibraryFiles store(const std::string& name) const {
    const UserClips clips = read(name);
    auto index = indexCaptions(clips.library, vectorOf);
    EXPECT_TRUE(index.ok());
    auto files = storeUserLibrary(shelf_, name, clips.library, *index);
    EXPECT_TRUE(files.ok()) << files.error().message;
    return files ? *files : LibraryFiles{};
  }
  /// A library as it ships, with one captioned walk.
  [[nodiscard]] LibraryFiles shipped() const {
    Library library;
    LibraryClip clip;
    clip.id = "shipped";
    clip.motion = capturedMotion("walk").slice({0, 60});
    clip.captions = {{{0, 60}, "walk", "walk", "", ""}};
    library.clips = {clip};
    const LibraryFiles files{folder_ / "motion.kslib", folder_ / "motion.index.safetensors"};
    putBytes(files.library, *writeLibrary(library));
    putBytes(files.captionIndex, writeCaptionIndex(*indexCaptions(library, vectorOf)));
    return files;
  }

  TemporaryFolder folder_;
  fs::path mine_ = folder_ / "My takes", shelf_ = folder_ / "shelf";
};

TEST_F(UserLibraries, ALoopOnTheSpotIsUsedForItsPoses) {
  Motion onTheSpot = capturedMotion("walk").slice({0, 90});
  for (std::int64_t f = 0; f < onTheSpot.frameCount(); ++f) {
    onTheSpot.rootPositions[f].x = onTheSpot.rootPositions[f].z = 0;
  }
  putBytes(mine_ / "sneak_walk.bvh", bvhOf(onTheSpot));
  const UserClips clips = read("mine");
  const LibraryClip* loop = clips.library.findClip("mine/sneak_walk");
  ASSERT_NE(loop, nullptr);
  EXPECT_FALSE(loop->flatFloor);
  EXPECT_EQ(loop->quality, ClipQuality::NoFloor);
  EXPECT_TRUE(clips.library.findClip("mine/b/dance")->flatFloor);
  EXPECT_TRUE(std::any_of(clips.notes.begin(), clips.notes.end(), [](const DatasetNote& note) {
    return note.clip == "sneak_walk" && note.text.find("its poses are used") != std::string::npos;
  }));
}

TEST_F(UserLibraries, GoodFilesGoInAndBadOnesAreNamed) {
  const UserClips clips = read("mine");
  ASSERT_EQ(clips.library.clips.size(), 2u);
  EXPECT_EQ(clips.files, 4);
  EXPECT_EQ(clips.captionedByName, 2);  // of the still one, too
  ASSERT_EQ(clips.leftOut.size(), 2u);
  EXPECT_THAT(clips.leftOut[0].clip + clips.leftOut[1].clip, HasSubstr("torn"));
  EXPECT_THAT(clips.leftOut[0].text + clips.leftOut[1].text, HasSubstr("it stands still"));
  const LibraryClip* dance = clips.library.findClip("mine/b/dance");
  ASSERT_NE(dance, nullptr);
  ASSERT_EQ(dance->captions.size(), 2u);
  EXPECT_EQ(dance->captions[0].textA, "a wild dance");
  EXPECT_EQ(dance->captions[1].frames, (FrameRange{15, 60}));
  EXPECT_EQ(dance->captions[1].action, "dances");
  const LibraryClip* sneak = clips.library.findClip("mine/sneak_walk");
  ASSERT_NE(sneak, nullptr);
  EXPECT_EQ(sneak->captions.at(0).textA, "sneak walk");
  for (const LibraryClip& clip : clips.library.clips) EXPECT_EQ(clip.split, Split::Train);
}

TEST_F(UserLibraries, AFolderOfNothingIsOneSentence) {
  for (const fs::path& folder : {folder_ / "nowhere", folder_.path() / "My takes/none"}) {
    EXPECT_FALSE(readUserClips(folder, "x").ok());
  }
  putBytes(folder_ / "bad/a.bvh", "nothing");
  const auto clips = readUserClips(folder_ / "bad", "x");
  ASSERT_FALSE(clips.ok());
  EXPECT_EQ(clips.error().message.find('\n'), std::string::npos);
}

TEST_F(UserLibraries, AreFoundBesideTheOneThatShips) {
  const std::vector<LibraryFiles> files = {shipped(), store("mine")};
  EXPECT_EQ(addedLibraryFiles(shelf_).size(), 1u);
  const auto shelf = LibraryShelf::open(files);
  ASSERT_TRUE(shelf.ok()) << shelf.error().message;
  EXPECT_TRUE(shelf->problems().empty());
  EXPECT_NE(shelf->library()->findClip("shipped"), nullptr);
  std::vector<std::string> problems;
  const auto search = shelf->search(problems);
  ASSERT_TRUE(search.ok()) << search.error().message;
  EXPECT_TRUE(problems.empty());
  const auto clipFor = [&](const char* prompt) {
    const auto found = search->find({*vectorOf(prompt), {}, 60}, 1, [](const ReferenceEntry&) { return true; });
    return shelf->library()->clips[std::size_t(search->entries()[std::size_t(found.at(0).entry)].clip)].id;
  };
  EXPECT_EQ(clipFor("sneak up"), "mine/sneak_walk");
  EXPECT_EQ(clipFor("dance"), "mine/b/dance");
  EXPECT_EQ(clipFor("walk"), "shipped");
}

TEST_F(UserLibraries, ADamagedOneIsLeftOutAndTheOthersStay) {
  const LibraryFiles own = shipped(), mine = store("mine");
  putBytes(mine.captionIndex, "rubbish");
  auto shelf = LibraryShelf::open({own, mine});
  ASSERT_TRUE(shelf.ok());
  std::vector<std::string> problems;
  ASSERT_TRUE(shelf->search(problems).ok());
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_THAT(problems[0], HasSubstr("“mine”"));
  putBytes(mine.library, "rubbish");
  shelf = LibraryShelf::open({own, mine});
  ASSERT_TRUE(shelf.ok());
  EXPECT_EQ(shelf->problems().size(), 1u);
  EXPECT_EQ(shelf->library()->clips.size(), 1u);
  EXPECT_EQ(LibraryShelf::open({own, own})->problems().size(), 1u);  // the same ids twice
  EXPECT_FALSE(LibraryShelf::open({mine, own}).ok());                // what ships must be whole
}

TEST_F(UserLibraries, NamesAreKeptApart) {
  store("mine");
  store("mine");  // the same folder again replaces
  EXPECT_EQ(addedLibraryFiles(shelf_).size(), 1u);
  const Status taken = checkLibraryIsFree(shelf_, "mine", folder_ / "other");
  ASSERT_FALSE(taken.ok());
  EXPECT_THAT(taken.error().message, HasSubstr("--name"));
  EXPECT_EQ(libraryNameFor(mine_), "My-takes");
  EXPECT_EQ(libraryNameFor(mine_ / ""), "My-takes");
  for (const char* bad : {"", "../x", "a b", "a/b"}) EXPECT_FALSE(checkLibraryName(bad).ok()) << bad;
}

TEST_F(UserLibraries, RemovingForgetsOneAndLeavesTheFolder) {
  store("mine");
  const Status unknown = removeUserLibrary(shelf_, "yours");
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(unknown.error().message, HasSubstr("mine"));
  ASSERT_TRUE(removeUserLibrary(shelf_, "mine").ok());
  EXPECT_TRUE(addedLibraryFiles(shelf_).empty());
  EXPECT_TRUE(fs::is_empty(shelf_));
  EXPECT_TRUE(fs::exists(mine_ / "sneak_walk.bvh"));
}

TEST_F(UserLibraries, TellWhoseTheyAre) {
  const auto library = loadLibrary(store("mine").library);
  ASSERT_TRUE(library.ok());
  EXPECT_EQ(library->userFolder, fs::canonical(mine_).string());
  EXPECT_TRUE(loadLibrary(shipped().library)->userFolder.empty());
}

}  // namespace
}  // namespace kinescore
