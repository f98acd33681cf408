#include <gtest/gtest.h>

#include <QFileDialog>
#include <QPushButton>

#include "engine/core/files.h"
#include "engine/io/bvh_writer.h"
#include "engine/project/media_files.h"
#include "tests/ui/main_window_fixture.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

/// A sound clip of a file in the session's first audio track.
void addSound(Session& session, const std::filesystem::path& file, double at = 0) {
  Clip clip;
  clip.trackId = *session.trackOf(TrackKind::Audio, QStringLiteral("Add track"));
  clip.span = {ticksFromSeconds(at), ticksFromSeconds(at + 2)};
  clip.condition = AudioCondition{file.string(), {}, 120, 0};
  session.document().edit(QStringLiteral("Add sound"), addClip(session.timeline(), session.document().ids(), clip));
}

/// The names that stand in a project's file.
std::vector<std::string> namesOnDisk(const std::filesystem::path& project) {
  const auto opened = kinescore::openProject(project);
  return opened ? mediaFilesOf(opened->document.timeline) : std::vector<std::string>{};
}

TEST_F(MainWindowTest, SavedOnDiskItOpensAgainWithItsTakes) {
  addPrompt("walk");
  generate();
  const std::filesystem::path file = folder_.path() / "scene.kinescore";
  ASSERT_TRUE(session().saveAs(file).ok());
  const std::string hash = session().timeline().contentHash();
  const std::string motion = session().takes().shown()->motionHash();

  session().newProject();
  ASSERT_TRUE(window_->openProject(file));
  EXPECT_EQ(session().timeline().contentHash(), hash);
  ASSERT_NE(session().takes().shown(), nullptr);
  EXPECT_EQ(session().takes().shown()->motionHash(), motion);
  EXPECT_FALSE(session().isChanged());
}

TEST_F(MainWindowTest, ASampleIsNotWrittenTo) {
  const std::filesystem::path folder = folder_.path() / "samples";
  const std::filesystem::path file = folder / "first.kinescore";
  std::filesystem::create_directory(folder);
  ASSERT_TRUE(session().saveAs(file).ok());
  session().newProject();
  std::filesystem::remove_all(folder / "first.kinescore.d");
  const auto before = std::filesystem::last_write_time(file);

  ASSERT_TRUE(window_->openProject(file, true));
  EXPECT_TRUE(session().saveNeedsPath());
  addPrompt("walk");
  generate();
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);  // no lock, no journal, no takes
  EXPECT_EQ(std::filesystem::last_write_time(file), before);
  const std::filesystem::path copy = folder_.path() / "mine.kinescore";
  ASSERT_TRUE(session().saveAs(copy).ok());
  EXPECT_FALSE(session().saveNeedsPath());
  ASSERT_TRUE(window_->openProject(copy));
  EXPECT_NE(session().takes().shown(), nullptr);
}

TEST_F(MainWindowTest, EditsOfARunThatDidNotEndComeBack) {
  const std::filesystem::path file = folder_.path() / "scene.kinescore";
  ASSERT_TRUE(session().saveAs(file).ok());
  std::string hash;
  {
    // A second window that is never closed properly.
    MotionService service(fakeEngine());
    EngineProjectStore store(folder_.path() / "other");
    Session crashed(service, store, std::make_unique<SequentialIds>(9000));
    session().newProject();
    ASSERT_TRUE(crashed.open(file).ok());
    Clip clip;
    clip.trackId = crashed.timeline().tracks().front()->id;
    clip.span = {Ticks{0}, ticksFromSeconds(1)};
    clip.condition = TextCondition{"almost lost", BodyPart::Whole};
    crashed.document().edit(QStringLiteral("Add"), addClip(crashed.timeline(), crashed.document().ids(), clip));
    hash = crashed.timeline().contentHash();
  }
  MotionService service(fakeEngine());
  EngineProjectStore store(folder_.path() / "other");
  Session again(service, store, std::make_unique<SequentialIds>(20'000));
  ASSERT_TRUE(again.open(file).ok());
  EXPECT_EQ(again.timeline().contentHash(), hash);
  EXPECT_TRUE(again.isChanged());
}

TEST_F(MainWindowTest, AProjectKeepsTheNameOfItsFileAndKnowsItsFolder) {
  ASSERT_TRUE(session().saveAs(folder_ / "sq_042-v3.kinescore").ok());
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder_.path());
  EXPECT_TRUE(window_->openProject("sq_042-v3.kinescore"));
  std::filesystem::current_path(before);
  EXPECT_EQ(session().name(), QStringLiteral("sq_042-v3"));
  EXPECT_EQ(session().path(), folder_ / "sq_042-v3.kinescore");
}

TEST_F(MainWindowTest, AnUnreadableProjectIsOneSentenceAndChangesNothing) {
  addPrompt("walk");
  const std::string before = session().timeline().contentHash();
  const std::filesystem::path file = folder_.path() / "broken.kinescore";
  ASSERT_TRUE(saveFileSafely(file, "{ not a project").ok());

  EXPECT_FALSE(window_->openProject(file));
  EXPECT_FALSE(window_->errors().sentence().isEmpty());
  EXPECT_EQ(session().timeline().contentHash(), before);
}

TEST_F(MainWindowTest, ExportWritesBvhAndFbxAndAsksBeforeReplacing) {
  addPrompt("walk");
  generate();
  for (const ExportFormat format : {ExportFormat::Bvh, ExportFormat::Fbx}) {
    ExportDialog dialog(session());
    dialog.setFormat(format);
    dialog.setFile(QString::fromStdString(folder_.path().string()), QStringLiteral("walk"));
    ASSERT_TRUE(dialog.exportNow());
    const auto bytes = readFile(dialog.filePath().toStdString());
    ASSERT_TRUE(bytes.ok());
    EXPECT_EQ(bytes->rfind(format == ExportFormat::Bvh ? "HIERARCHY" : "Kaydara FBX Binary", 0), 0u);

    EXPECT_FALSE(dialog.exportNow());  // asks
    EXPECT_TRUE(dialog.exportNow());   // replaces
  }
}

TEST_F(MainWindowTest, ExportIntoAFolderThatIsNotThereSaysSo) {
  addPrompt("walk");
  generate();
  ExportDialog dialog(session());
  dialog.setFile(QString::fromStdString((folder_.path() / "nowhere").string()), QStringLiteral("walk"));
  EXPECT_FALSE(dialog.exportNow());
  EXPECT_FALSE(dialog.findChild<QLabel*>(QStringLiteral("exportProblem"))->text().isEmpty());
}

TEST_F(MainWindowTest, ADraftInAFileMovesWithTheProject) {
  const auto here = folder_.path() / "here", there = folder_.path() / "there";
  std::filesystem::create_directories(here / "drafts");
  addPrompt("walk");
  generate();
  ASSERT_TRUE(saveFileSafely(here / "drafts" / "rough.bvh", writeBvh(*session().takes().shown()->result.motion, {})));
  ASSERT_TRUE(session().followFile(here / "drafts" / "rough.bvh"));
  EXPECT_FALSE(session().followFile(here / "drafts" / "missing.bvh"));
  EXPECT_EQ(session().draft()->name, "rough.bvh");  // a failure keeps what was followed
  ASSERT_TRUE(session().saveAs(here / "walk.kinescore"));
  session().newProject();
  std::filesystem::rename(here, there);
  ASSERT_TRUE(session().open(there / "walk.kinescore"));
  ASSERT_TRUE(session().draft());
  EXPECT_EQ(session().draft()->name, "rough.bvh");
}

TEST_F(MainWindowTest, PinsAreSavedWithTheProject) {
  addPrompt("walk");
  session().setWishes({{{"mine/sneak", std::nullopt, "walk"}}, {"cmu_16_02"}});
  const auto file = folder_.path() / "pins.kinescore";
  ASSERT_TRUE(session().saveAs(file));
  EXPECT_FALSE(session().isChanged());
  session().newProject();
  EXPECT_TRUE(session().wishes().isEmpty());
  ASSERT_TRUE(session().open(file));
  EXPECT_EQ(session().wishes().pins.at(0).clipId, "mine/sneak");
  EXPECT_TRUE(session().wishes().forbids("cmu_16_02"));
}

TEST_F(MainWindowTest, T30_SavedIntoAnotherFolderAProjectNamesTheSameFiles) {
  const std::filesystem::path sound = folder_ / "here/sounds/song.wav";
  putBytes(sound, "bytes");
  std::filesystem::create_directories(folder_ / "there/deep");
  addSound(session(), sound);
  ASSERT_TRUE(session().saveAs(folder_ / "here/scene.kinescore").ok());
  EXPECT_EQ(namesOnDisk(folder_ / "here/scene.kinescore"), (std::vector<std::string>{"sounds/song.wav"}));
  ASSERT_TRUE(session().saveAs(folder_ / "there/deep/scene.kinescore").ok());
  EXPECT_EQ(namesOnDisk(folder_ / "there/deep/scene.kinescore"), (std::vector<std::string>{"../../here/sounds/song.wav"}));
  EXPECT_EQ(namesOnDisk(folder_ / "here/scene.kinescore"), (std::vector<std::string>{"sounds/song.wav"}));

  ASSERT_TRUE(window_->openProject(folder_ / "there/deep/scene.kinescore"));
  EXPECT_EQ(session().missingFiles(), std::vector<std::string>{});
  EXPECT_FALSE(session().isChanged());
  EXPECT_EQ(window_->errors().sentence(), QString());
  // What is copied there means the same file in any other project.
  EXPECT_EQ(mediaFilesOf(session().timeline()), std::vector<std::string>{sound.string()});
}

TEST_F(MainWindowTest, T30_AFileThatIsMissingIsSaidAndFoundAgain) {
  putBytes(folder_ / "here/walk.wav", "bytes");
  putBytes(folder_ / "here/run.wav", "bytes");
  addSound(session(), folder_ / "here/walk.wav");
  addSound(session(), folder_ / "here/run.wav", 3);
  ASSERT_TRUE(session().saveAs(folder_ / "here/scene.kinescore").ok());
  session().newProject();
  std::filesystem::create_directories(folder_ / "sounds");
  for (const char* name : {"walk.wav", "run.wav"}) {
    std::filesystem::rename(folder_ / "here" / name, folder_ / "sounds" / name);
  }
  ASSERT_TRUE(window_->openProject(folder_ / "here/scene.kinescore"));
  EXPECT_EQ(window_->errors().sentence(), QStringLiteral("“walk.wav” and one more file are not where they were."));
  // Their clips say so, too.
  const auto errorPixels = [&] {
    const auto clip = session().timeline().clipsOf(*session().trackOf(TrackKind::Audio, {}))[0];
    const QImage picture = window_->timeline().grab(window_->timeline().rectOf(clip->id)).toImage();
    int count = 0;
    for (int x = 10; x < picture.width() - 10; ++x) {
      const QColor color = picture.pixelColor(x, 0);
      count += color.red() > 150 && color.green() < 130;
    }
    return count;
  };
  EXPECT_GT(errorPixels(), 20);

  // A file that is not there either is refused; one found brings the other, as one step.
  EXPECT_FALSE(session().relink(session().missingFiles().front(), folder_ / "nowhere.wav"));
  const int steps = session().document().undoStack().count();
  ASSERT_TRUE(session().relink(session().missingFiles().front(), folder_ / "sounds/walk.wav"));
  EXPECT_EQ(session().missingFiles(), std::vector<std::string>{});
  EXPECT_EQ(errorPixels(), 0);
  EXPECT_EQ(session().document().undoStack().count(), steps + 1);
  ASSERT_TRUE(session().save().ok());
  EXPECT_EQ(namesOnDisk(folder_ / "here/scene.kinescore"), (std::vector<std::string>{"../sounds/walk.wav", "../sounds/run.wav"}));
}

TEST_F(MainWindowTest, T30_TheButtonOfTheSentenceAsksWhereAMissingFileIs) {
  addSound(session(), folder_ / "here/walk.wav");
  std::filesystem::create_directories(folder_ / "here");
  ASSERT_TRUE(session().saveAs(folder_ / "here/scene.kinescore").ok());
  ASSERT_TRUE(window_->openProject(folder_ / "here/scene.kinescore"));
  putBytes(folder_ / "found/walk.wav", "bytes");
  QTimer::singleShot(0, [&] {
    auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
    ASSERT_NE(dialog, nullptr);
    EXPECT_TRUE(dialog->windowTitle().contains(QStringLiteral("walk.wav")));
    dialog->selectFile(QString::fromStdString((folder_ / "found/walk.wav").string()));
    static_cast<QDialog*>(dialog)->done(QDialog::Accepted);
  });
  window_->errors().findChild<QPushButton*>()->click();
  EXPECT_EQ(mediaFilesOf(session().timeline()), std::vector<std::string>{(folder_ / "found/walk.wav").string()});
  EXPECT_EQ(window_->errors().sentence(), QString());
}

}  // namespace
}  // namespace kinescore
