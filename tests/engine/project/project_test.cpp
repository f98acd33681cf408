#include "engine/project/project.h"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/core/files.h"
#include "engine/core/hash.h"
#include "engine/project/backups.h"
#include "engine/project/take_store.h"
#include "tests/support/projects.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class ProjectTest : public testing::Test {
 protected:
  OpenedProject open(const fs::path& path) {
    auto opened = openProject(path);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
    return opened ? *opened : OpenedProject{};
  }
  SavedProject save(const ProjectDocument& document, const fs::path& path, const SaveOptions& options = {}) {
    auto saved = saveProject(document, path, options);
    EXPECT_TRUE(saved) << (saved ? "" : saved.error().message);
    return saved ? *saved : SavedProject{};
  }
  static bool hasTakeFile(const fs::path& project, const std::string& id) {
    return fs::exists(takePath(takesFolderOf(project), id));
  }

  TemporaryFolder folder_;
  fs::path path_ = folder_ / "walk.kinescore";
};

void expectSameTake(const Take& a, const Take& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.motionHash(), b.motionHash());
  EXPECT_EQ(a.origins, b.origins);
  EXPECT_EQ(a.range, b.range);
  EXPECT_EQ(a.baseTakeId, b.baseTakeId);
  EXPECT_EQ(a.result.report, b.result.report);
  EXPECT_EQ(writeRequest(a.request), writeRequest(b.request));
  EXPECT_EQ(a.engineVersion, b.engineVersion);
  EXPECT_EQ(a.result.modelHash, b.result.modelHash);
}

TEST_F(ProjectTest, ComesBackAsItWas) {
  ProjectDocument document = everyKindProject();
  document.addTake(takeOf(1, 1));
  document.addTake(takeOf(2, 2));
  document.takes[0].name = "The good one";
  document.takes[0].starred = true;
  document.shownTakeId = document.takes[0].id;
  document.settings.wishes.pins = {{"cmu_16_02", TimeRange{ticksFromSeconds(1), ticksFromSeconds(2)}, "walk"}};
  document.settings.sampling = {24, 2.5, Sampler::Ddim, "jump"};
  document.settings.wishes.forbidden = {"mine/sneak"};
  document.settings.draft = "rough/walk.bvh";

  const SavedProject saved = save(document, path_);
  const OpenedProject opened = open(path_);

  EXPECT_EQ(saved.takesWritten, 2);
  EXPECT_TRUE(opened.warnings.empty()) << opened.warnings[0];
  EXPECT_EQ(opened.document.name, "walk");
  EXPECT_EQ(opened.document.timeline, document.timeline);
  EXPECT_EQ(opened.document.timeline.contentHash(), document.timeline.contentHash());
  EXPECT_EQ(opened.document.settings, document.settings);
  EXPECT_EQ(opened.document.shownTakeId, document.shownTakeId);
  ASSERT_EQ(opened.document.takes.size(), 2u);
  EXPECT_EQ(opened.document.takes[0].name, "The good one");
  EXPECT_TRUE(opened.document.takes[0].starred);
  expectSameTake(*opened.document.takes[0].take, *document.takes[0].take);
  expectSameTake(*opened.document.takes[1].take, *document.takes[1].take);
  EXPECT_EQ(writeProject(opened.document), writeProject(document));
}

TEST_F(ProjectTest, TheTextIsSortedAndFreeOfMachinePaths) {
  const std::string text = writeProject(everyKindProject());

  const json parsed = json::parse(text);
  const std::vector<std::string> keys = [&] {
    std::vector<std::string> list;
    for (const auto& [key, value] : parsed.items()) list.push_back(key);
    return list;
  }();
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  std::uint64_t last = 0;
  for (const json& object : parsed["timeline"]) {
    EXPECT_GT(object["id"].get<std::uint64_t>(), last);
    last = object["id"].get<std::uint64_t>();
  }
  EXPECT_EQ(text.find(folder_.path().string()), std::string::npos);
  EXPECT_NE(text.find("\n   \"span\": [0,2116800000],"), std::string::npos) << "one field a line, lists on one";
}

TEST_F(ProjectTest, SavingWithoutAChangeWritesNothing) {
  ProjectDocument document = everyKindProject();
  document.addTake(takeOf(1));
  save(document, path_);
  const auto time = fs::last_write_time(path_);

  const OpenedProject opened = open(path_);
  const SavedProject again = save(opened.document, path_);

  EXPECT_EQ(again.takesWritten, 0);
  EXPECT_EQ(fs::last_write_time(path_), time);
  EXPECT_TRUE(listBackups(takesFolderOf(path_)).empty());
}

TEST_F(ProjectTest, TheTextAloneOpensAndSaysWhichTakesAreMissing) {
  ProjectDocument document = everyKindProject();
  document.addTake(takeOf(1, 1));
  document.addTake(takeOf(2, 2));
  save(document, path_);
  fs::rename(path_, folder_ / "alone.kinescore");

  const OpenedProject opened = open(folder_ / "alone.kinescore");

  ASSERT_EQ(opened.warnings.size(), 1u);
  EXPECT_EQ(opened.warnings[0], "Takes are missing (Take 1, Take 2); generate again.");
  EXPECT_EQ(opened.document.takes[0].take, nullptr);
  EXPECT_EQ(opened.document.timeline, document.timeline);

  ProjectDocument again = opened.document;
  again.addTake(takeOf(1, 3));
  EXPECT_EQ(again.takes.size(), 2u) << "the same result fills the gap";
  EXPECT_NE(again.takes[0].take, nullptr);
}

TEST_F(ProjectTest, ADamagedTakeIsNamedAndWrittenAgainWhenItIsBack) {
  ProjectDocument document = everyKindProject();
  document.addTake(takeOf(1));
  save(document, path_);
  const fs::path file = takePath(takesFolderOf(path_), document.takes[0].id);
  std::string bytes = bytesOf(file);
  bytes[bytes.size() - 5] = char(bytes[bytes.size() - 5] ^ 1);  // a contact flips
  putBytes(file, bytes);

  OpenedProject opened = open(path_);
  ASSERT_EQ(opened.warnings.size(), 1u);
  EXPECT_EQ(opened.warnings[0], "“Take 1” cannot be shown; generate it again. The take is damaged: its content is not what its name says.");

  opened.document.addTake(takeOf(1));
  EXPECT_EQ(save(opened.document, path_).takesWritten, 1);
  EXPECT_TRUE(open(path_).warnings.empty());
}

TEST_F(ProjectTest, SaveAsCopiesTheTakes) {
  ProjectDocument document = everyKindProject();
  document.addTake(takeOf(1));
  save(document, path_);
  const ProjectDocument opened = open(path_).document;

  const fs::path other = folder_ / "copy.kinescore";
  save(opened, other);
  fs::remove_all(takesFolderOf(path_));

  EXPECT_TRUE(open(other).warnings.empty());
  EXPECT_NE(open(other).document.takes[0].take, nullptr);
}

TEST_F(ProjectTest, TakeFilesGoWhenNothingRefersToThem) {
  const auto first = takeOf(1, 1);
  const auto undone = takeOf(2, 2);
  const auto gone = takeOf(3, 3);
  ProjectDocument document = everyKindProject();
  for (const auto& take : {first, undone, gone}) document.addTake(take);
  save(document, path_);
  document.takes.resize(1);
  document.shownTakeId = first->id;

  save(document, path_, {.alsoKeep = {undone->id}});
  EXPECT_TRUE(hasTakeFile(path_, gone->id)) << "the backup of the version before still shows it";

  fs::remove_all(takesFolderOf(path_) / "backups");
  document.settings.seed = 5;
  const SavedProject saved = save(document, path_, {.alsoKeep = {undone->id}});
  EXPECT_TRUE(hasTakeFile(path_, first->id));
  EXPECT_TRUE(hasTakeFile(path_, undone->id)) << "an undo step could bring it back";
  fs::remove_all(takesFolderOf(path_) / "backups");
  document.settings.seed = 6;
  save(document, path_);
  EXPECT_FALSE(hasTakeFile(path_, undone->id));
  EXPECT_FALSE(hasTakeFile(path_, gone->id));
  EXPECT_TRUE(hasTakeFile(path_, first->id));
}

TEST_F(ProjectTest, FilesOfOthersInTheFolderAreLeftAlone) {
  ProjectDocument document = everyKindProject();
  document.addTake(takeOf(1));
  save(document, path_);
  putBytes(takesFolderOf(path_) / "notes.txt", "mine");
  putBytes(takesFolderOf(path_) / "my.safetensors", "mine");
  document.settings.seed = 9;
  save(document, path_);
  EXPECT_EQ(bytesOf(takesFolderOf(path_) / "notes.txt"), "mine");
  EXPECT_EQ(bytesOf(takesFolderOf(path_) / "my.safetensors"), "mine");
}

TEST_F(ProjectTest, EarlierVersionsAreKeptWithTheirDates) {
  ProjectDocument document = everyKindProject();
  const auto start = std::chrono::system_clock::time_point(std::chrono::seconds(1'782'900'000));
  for (int i = 0; i < 30; ++i) {
    document.settings.seed = 100 + i;
    save(document, path_, {.now = start + std::chrono::minutes(i)});
  }

  const auto backups = listBackups(takesFolderOf(path_));
  ASSERT_EQ(backups.size(), kBackupsKept);
  EXPECT_EQ(backups[0].filename(), "2026-07-01T10-29-00.000Z.kinescore");
  EXPECT_EQ(open(backups[0]).document.settings.seed, 128u) << "the version before the last";
  EXPECT_EQ(open(backups.back()).document.settings.seed, 109u);
  EXPECT_EQ(open(path_).document.settings.seed, 129u);
}

TEST_F(ProjectTest, UnknownFieldsAndObjectsSurviveAnEdit) {
  ProjectDocument document = everyKindProject();
  document.addTake(takeOf(1));
  save(document, path_);
  json root = json::parse(bytesOf(path_));
  root["minorVersion"] = 4;
  root["lighting"] = {{"sun", {0.1, 0.2}}};
  root["settings"]["guidance"] = 3.5;
  root["takes"][0]["rating"] = 5;
  for (json& object : root["timeline"]) {
    object["colour"] = "teal";
    if (object.contains("condition")) object["condition"]["note"] = {{"by", "Ada"}};
  }
  const json cloud = {{"type", "cloud"}, {"id", 5000}, {"puffs", 3}};
  const json smell = {{"type", "clip"}, {"id", 5001}, {"track", 2}, {"span", {0, 9}}, {"condition", {{"type", "smell"}}}};
  const json scents = {{"type", "track"}, {"id", 5002}, {"kind", "scents"}};
  for (const json& object : {cloud, smell, scents}) root["timeline"].push_back(object);
  putBytes(path_, root.dump());

  OpenedProject opened = open(path_);
  ASSERT_EQ(opened.warnings.size(), 1u);
  EXPECT_EQ(opened.warnings[0], "3 objects of a newer version of Kinescore cannot be shown; kept in the file as it is.");
  SequentialIds ids(9000);
  opened.document.timeline = *apply(opened.document.timeline, *addMarker(opened.document.timeline, ids, {5}, "new"));
  save(opened.document, path_);

  json expected = root;
  expected["timeline"].push_back({{"type", "marker"}, {"version", 1}, {"id", 9000}, {"time", 5}, {"name", "new"}});
  EXPECT_EQ(json::parse(bytesOf(path_)), expected);
}

TEST_F(ProjectTest, ABrokenObjectDoesNotTakeTheOthersWithIt) {
  json root = json::parse(writeProject(everyKindProject()));
  json& clip = *std::find_if(root["timeline"].begin(), root["timeline"].end(),
                             [](const json& o) { return o["type"] == "clip"; });
  clip["span"] = {5, 5};
  putBytes(path_, root.dump());

  const OpenedProject opened = open(path_);

  ASSERT_EQ(opened.warnings.size(), 1u);
  EXPECT_NE(opened.warnings[0].find("1 object cannot be read"), std::string::npos) << opened.warnings[0];
  EXPECT_EQ(opened.document.timeline.tracks().size(), 8u);
  EXPECT_EQ(json::parse(writeProject(opened.document)), root) << "nothing is lost by a save";
}

TEST_F(ProjectTest, ANewerVersionIsLookedAtAndNeverOverwritten) {
  json root = json::parse(writeProject(everyKindProject()));
  root["version"] = 2;
  putBytes(path_, root.dump());
  const std::string bytes = bytesOf(path_);

  const OpenedProject opened = open(path_);
  EXPECT_TRUE(opened.document.readOnly);
  ASSERT_EQ(opened.warnings.size(), 1u);
  EXPECT_EQ(opened.warnings[0], "“walk” was written by a newer version of Kinescore (2); it can be looked at, not saved. Update to change it.");

  const auto saved = saveProject(opened.document, path_);
  ASSERT_FALSE(saved);
  EXPECT_EQ(exitCodeOf(saved.error().code), 3);
  EXPECT_FALSE(saveProject(everyKindProject(), path_)) << "nor by another project of this version";
  EXPECT_EQ(bytesOf(path_), bytes);
}

TEST_F(ProjectTest, BadFilesAreAnsweredInOneSentence) {
  const auto refused = [&](std::string_view bytes, const std::string& part) {
    putBytes(path_, bytes);
    const auto opened = openProject(path_);
    ASSERT_FALSE(opened) << part;
    EXPECT_NE(opened.error().message.find(part), std::string::npos) << opened.error().message;
    EXPECT_EQ(exitCodeOf(opened.error().code), 3) << opened.error().message;
    EXPECT_EQ(opened.error().message.find('\n'), std::string::npos);
  };
  refused("", "walk");
  refused("HIERARCHY\nROOT Hips", "walk");
  refused("[]", "no project of Kinescore");
  refused("{}", "no project of Kinescore");
  refused(R"({"format":"kinescore-project"})", "“version” of the project “walk” is missing");
  refused(R"({"format":"kinescore-project","version":"one","timeline":[]})", "“version”");
  refused(R"({"format":"kinescore-project","version":0,"timeline":[]})", "which never was");
  refused(R"({"format":"kinescore-project","version":1})", "holds no timeline");
  refused(R"({"format":"kinescore-project","version":7})", "written by a newer version");
  refused(R"({"format":"kinescore-project","version":1,"timeline":[],"takes":{}})", "no list");
  refused(R"({"format":"kinescore-project","version":1,"timeline":[],"settings":{"quality":"superb"}})", "quality");
  refused(R"({"format":"kinescore-project","version":1,"timeline":[],"timeline":[]})", "twice");
  refused(std::string(1000, '['), "walk");

  const std::string whole = writeProject(everyKindProject());
  for (std::size_t cut = 0; cut < whole.size() - 2; cut += 7) {
    ASSERT_FALSE(readProject(whole.substr(0, cut), "walk")) << cut;
  }
  EXPECT_FALSE(openProject(folder_ / "absent.kinescore"));
  EXPECT_FALSE(openProject(folder_.path()));
}

TEST_F(ProjectTest, AHugeFileIsRefusedBeforeItIsRead) {
  putBytes(path_, "{");
  fs::resize_file(path_, kMaxProjectBytes + 1);
  const auto opened = openProject(path_);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("too large"), std::string::npos);
}

TEST_F(ProjectTest, RandomDamageNeverDoesHarm) {
  ProjectDocument document = everyKindProject();
  const std::string whole = writeProject(document);
  CounterRandom random(99);
  int opened = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = whole;
    for (std::uint64_t k = 0; k <= random.below(4); ++k) bytes[random.below(bytes.size())] = char(random.below(256));
    if (const auto read = readProject(bytes, "walk")) {
      ++opened;
      (void)writeProject(read->document);
    }
  }
  EXPECT_GT(opened, 0);
}

TEST_F(ProjectTest, ATakeNameFromTheFileNeverBecomesAPath) {
  json root = json::parse(writeProject(everyKindProject()));
  root["takes"] = json::array({{{"id", "../../secret"}, {"name", "Take 1"}}});
  putBytes(path_, root.dump());
  const OpenedProject opened = open(path_);
  ASSERT_EQ(opened.warnings.size(), 1u);
  EXPECT_NE(opened.warnings[0].find("no proper name"), std::string::npos) << opened.warnings[0];
  EXPECT_EQ(save(opened.document, path_).takesWritten, 0);
}

TEST_F(ProjectTest, OnlyOneProgramHoldsTheLock) {
  {
    const auto first = ProjectLock::acquire(path_);
    ASSERT_TRUE(first);
    const auto second = ProjectLock::acquire(path_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().message, "“walk.kinescore” is open in another Kinescore; close it there first.");
    EXPECT_TRUE(ProjectLock::acquire(folder_ / "other.kinescore"));
  }
  EXPECT_FALSE(fs::exists(takesFolderOf(path_))) << "nothing is left behind";
  ProjectDocument document = everyKindProject();
  document.addTake(takeOf(1));
  save(document, path_);
  {
    auto lock = ProjectLock::acquire(path_);
    ASSERT_TRUE(lock);
    *lock = *ProjectLock::acquire(folder_ / "other.kinescore");
    EXPECT_TRUE(ProjectLock::acquire(path_)) << "given back";
  }
  EXPECT_TRUE(hasTakeFile(path_, document.takes[0].id));
}

TEST_F(ProjectTest, AMovedLockIsHeldByOneOnly) {
  std::vector<ProjectLock> held;
  for (int i = 0; i < 50; ++i) {
    auto lock = ProjectLock::acquire(path_);
    ASSERT_TRUE(lock) << i;
    held.push_back(*std::move(lock));
    EXPECT_FALSE(ProjectLock::acquire(path_));
    held.clear();
  }
}

TEST_F(ProjectTest, AFileInTheWayOfTheTakesIsReported) {
  ProjectDocument document = everyKindProject();
  document.addTake(takeOf(1));
  putBytes(takesFolderOf(path_), "in the way");
  const auto saved = saveProject(document, path_);
  ASSERT_FALSE(saved);
  EXPECT_NE(saved.error().message.find("walk.kinescore.d"), std::string::npos) << saved.error().message;
  EXPECT_FALSE(fs::exists(path_));
}

TEST(TakeStoreTest, CutAndFlippedBytesAreNoticed) {
  const auto take = makeTake(walkRequest(), generatedMotion(4), nullptr, 1);
  const std::string bytes = *writeTake(*take);
  ASSERT_TRUE(readTake(bytes));
  for (std::size_t cut = 0; cut < bytes.size(); cut += 3) ASSERT_FALSE(readTake(bytes.substr(0, cut))) << cut;
  int accepted = 0;
  for (std::size_t i = 8; i < bytes.size(); ++i) {
    std::string flipped = bytes;
    flipped[i] = char(flipped[i] ^ 0x20);
    const auto read = readTake(flipped);
    // Name, number and seconds are not part of a take's identity; the motion always is.
    if (!read) continue;
    ++accepted;
    EXPECT_EQ((*read)->motionHash(), take->motionHash()) << i;
  }
  EXPECT_LT(accepted, 40);
}

TEST(TakeStoreTest, AMotionThatIsNoneIsNotStored) {
  GeneratedMotion result = generatedMotion(4);
  Motion motion = *result.motion;
  motion.rootPositions[2].y = std::numeric_limits<float>::infinity();
  result.motion = std::make_shared<const Motion>(motion);
  const auto written = writeTake(*makeTake(walkRequest(), result, nullptr, 1));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "“Take 1” holds no motion that can be stored; generate it again.");
}

}  // namespace
}  // namespace kinescore
