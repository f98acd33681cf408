// What happens to a project from elsewhere, and what the window says of it: saved, kept, held by another, changed on disk,
// brought back, dropped.
#include <gtest/gtest.h>

#include <QDropEvent>
#include <QFileDialog>
#include <QListWidget>
#include <QMessageBox>
#include <QMimeData>

#include "engine/core/files.h"
#include "engine/io/bvh_writer.h"
#include "engine/project/media_files.h"
#include "tests/ui/main_window_fixture.h"
#include "ui/dialogs/recover_dialog.h"
#include "ui/panels/start_page.h"
#include "ui/panels/status_bar.h"
#include "ui/panels/top_bar.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

class ProjectSafetyTest : public MainWindowTest {
 protected:
  fs::path file() const { return folder_ / "work/scene.kinescore"; }
  void saveScene() {
    fs::create_directories(file().parent_path());
    ASSERT_TRUE(session().saveAs(file()).ok());
    ASSERT_TRUE(window_->openProject(file()));
  }
  QString bar() { return window_->projectBar().sentence(); }
  void pressBar() {
    window_->projectBar().findChild<QPushButton*>()->click();
    QCoreApplication::processEvents();
  }
  /// Runs `answer` on the next modal window of that kind, once it is up.
  template <class Dialog, class Answer>
  static void whenAsked(Answer answer) {
    auto* timer = new QTimer(QCoreApplication::instance());
    QObject::connect(timer, &QTimer::timeout, timer, [timer, answer] {
      if (auto* dialog = qobject_cast<Dialog*>(QApplication::activeModalWidget())) {
        timer->deleteLater();
        timer->stop();
        answer(*dialog);
      }
    });
    timer->start(5);
  }
  /// Answers the next file dialog.
  void willName(const fs::path& path) {
    whenAsked<QFileDialog>([path](QFileDialog& dialog) {
      dialog.setDirectory(QString::fromStdString(path.parent_path().string()));
      dialog.selectFile(QString::fromStdString(path.filename().string()));
      static_cast<QDialog&>(dialog).done(QDialog::Accepted);
    });
  }
  /// Answers the next question by the button of these words.
  void willAnswer(const QString& words, QString* asked = nullptr) {
    whenAsked<QMessageBox>([words, asked](QMessageBox& box) {
      if (asked != nullptr) *asked = box.text();
      for (QAbstractButton* button : box.buttons()) {
        if (button->text().remove(u'&') == words) {
          button->click();
          return;
        }
      }
      ADD_FAILURE() << "no button " << words.toStdString();
      box.reject();
    });
  }
  void drop(const std::vector<fs::path>& files) {
    QMimeData data;
    QList<QUrl> urls;
    for (const fs::path& path : files) urls.append(QUrl::fromLocalFile(QString::fromStdString(path.string())));
    data.setUrls(urls);
    QDragEnterEvent enter({40, 40}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(window_.get(), &enter);
    ASSERT_TRUE(enter.isAccepted());
    QDropEvent event({40, 40}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(window_.get(), &event);
    QCoreApplication::processEvents();
  }
  std::uint64_t nextForeignId_ = 70'000;
  /// Another program of ours that saves over the file: no lock, as git or an editor would.
  void changeOnDisk(const std::string& prompt) {
    auto opened = kinescore::openProject(file());
    ASSERT_TRUE(opened);
    SequentialIds ids(nextForeignId_ += 1000);
    Clip clip;
    clip.trackId = opened->document.timeline.tracks().front()->id;
    clip.span = {Ticks{0}, ticksFromSeconds(2)};
    clip.condition = TextCondition{prompt, BodyPart::Whole};
    opened->document.timeline = *apply(opened->document.timeline, *addClip(opened->document.timeline, ids, clip));
    ASSERT_TRUE(saveFileSafely(file(), writeProject(opened->document)));
  }
};

// ---- what is said of saving ---------------------------------------------------------------------

TEST_F(ProjectSafetyTest, TheStateOfSavingIsShown) {
  EXPECT_EQ(window_->topBar().savedText(), QString());
  saveScene();
  const QString saved = QStringLiteral("Saved ") + session().savedAt().time().toString(QStringLiteral("HH:mm"));
  EXPECT_EQ(window_->topBar().savedText(), saved);
  EXPECT_EQ(window_->status().saveWords(), saved);
  addPrompt("walk");
  EXPECT_EQ(window_->topBar().savedText(), QStringLiteral("Edits kept, not saved"));
  EXPECT_EQ(window_->status().saveWords(), QStringLiteral("Edits kept, not saved"));
  QStringList seen;
  QObject::connect(&session(), &Session::savingChanged, window_.get(), [&] { seen << window_->topBar().savedText(); });
  window_->save();
  EXPECT_EQ(seen.value(0), QStringLiteral("Saving…"));
  EXPECT_TRUE(window_->topBar().savedText().startsWith(QStringLiteral("Saved ")));
}

TEST_F(ProjectSafetyTest, ASaveThatFailsIsSaidUntilOneDoesNot) {
  saveScene();
  addPrompt("walk");
  fs::remove_all(file().parent_path());
  putBytes(file().parent_path(), "a file where the folder was");
  EXPECT_FALSE(window_->save());
  EXPECT_TRUE(window_->errors().sentence().startsWith(QStringLiteral("Could not save: "))) << window_->errors().sentence().toStdString();
  EXPECT_TRUE(window_->errors().sentence().contains(QStringLiteral("your edits are in the journal")));
  EXPECT_EQ(window_->topBar().savedText(), QStringLiteral("Could not save"));
  EXPECT_TRUE(session().isChanged());
  // The words bring the sentence back.
  window_->errors().hide();
  window_->findChild<QToolButton*>(QStringLiteral("saveState"))->click();
  EXPECT_TRUE(window_->errors().sentence().startsWith(QStringLiteral("Could not save: ")));
  // Elsewhere it works.
  willName(folder_ / "elsewhere.kinescore");
  window_->errors().findChild<QPushButton*>()->click();
  EXPECT_TRUE(window_->topBar().savedText().startsWith(QStringLiteral("Saved ")));
  EXPECT_EQ(session().path().filename(), "elsewhere.kinescore");
}

TEST(SaveStateTest, AJournalThatCannotBeWrittenIsSaidOnce) {
  SessionFixture fixture;
  SaveState state(*fixture.session);
  QStringList told;
  QObject::connect(&state, &SaveState::keepingFailed, [&](const QString& sentence) { told << sentence; });
  fixture.addPrompt(0, 2, "walk");
  EXPECT_EQ(state.kind(), SaveState::Kind::EditsKept);
  fixture.store.journalFailure = "Edits cannot be kept safe against a crash: the disk is full. Save the project soon.";
  fixture.addPrompt(2, 4, "run");
  EXPECT_TRUE(waitUntil([&] { return state.kind() == SaveState::Kind::EditsNotKept; }));
  fixture.addPrompt(4, 6, "jump");
  EXPECT_EQ(told.size(), 1);
  EXPECT_EQ(state.words(), QStringLiteral("Edits not kept"));
  fixture.store.journalFailure.clear();
  EXPECT_TRUE(waitUntil([&] { return state.kind() == SaveState::Kind::EditsKept; }));
  fixture.store.failure = Error{ErrorCode::IoFailed, "The disk is full."};
  EXPECT_FALSE(fixture.session->saveAs("/a.kinescore"));
  EXPECT_EQ(state.words(), QStringLiteral("Could not save"));
  EXPECT_EQ(state.reason(), QStringLiteral("The disk is full."));
}

TEST_F(ProjectSafetyTest, AStateFolderThatTakesNothingIsSaid) {
  fs::remove_all(folder_ / "state/journals");
  putBytes(folder_ / "state/journals", "a file is in the way");
  addPrompt("walk");
  EXPECT_TRUE(waitUntil([&] { return bar().startsWith(QStringLiteral("Edits cannot be kept safe")); })) << bar().toStdString();
  EXPECT_EQ(window_->topBar().savedText(), QStringLiteral("Edits not kept"));
}

// ---- new names ----------------------------------------------------------------------------------

TEST_F(ProjectSafetyTest, SaveIncrementalCountsUp) {
  saveScene();
  window_->action("Save Incremental")->trigger();
  EXPECT_EQ(session().path().filename(), "scene-002.kinescore");
  addPrompt("walk");
  window_->action("Save Incremental")->trigger();
  EXPECT_EQ(session().path().filename(), "scene-003.kinescore");
  EXPECT_TRUE(fs::exists(file()));
  EXPECT_FALSE(session().isChanged());
  EXPECT_EQ(nextVersionOf(folder_ / "take-9.kinescore").filename(), "take-9-002.kinescore");
  EXPECT_EQ(nextVersionOf(folder_ / "take-099.kinescore").filename(), "take-100.kinescore");
}

TEST_F(ProjectSafetyTest, ACopyLeavesTheProjectOpenAndNotSaved) {
  saveScene();
  addPrompt("walk");
  const std::string hash = session().timeline().contentHash();
  willName(folder_ / "copy.kinescore");
  window_->action("Save Copy")->trigger();
  EXPECT_EQ(session().path(), file());
  EXPECT_TRUE(session().isChanged());
  EXPECT_EQ(kinescore::openProject(folder_ / "copy.kinescore")->document.timeline.contentHash(), hash);
}

TEST_F(ProjectSafetyTest, RevertGoesBackToTheFile) {
  saveScene();
  EXPECT_FALSE(window_->action("Revert")->isEnabled());
  const std::string hash = session().timeline().contentHash();
  addPrompt("walk");
  willAnswer(QStringLiteral("Revert"));
  window_->action("Revert")->trigger();
  EXPECT_EQ(session().timeline().contentHash(), hash);
  EXPECT_FALSE(session().isChanged());
}

TEST_F(ProjectSafetyTest, CollectedFilesAreInOneFolder) {
  putBytes(folder_ / "sounds/song.wav", "bytes");
  Clip clip;
  clip.trackId = *session().trackOf(TrackKind::Audio, QStringLiteral("Add track"));
  clip.span = {Ticks{0}, ticksFromSeconds(2)};
  clip.condition = AudioCondition{(folder_ / "sounds/song.wav").string(), {}, 120, 0};
  session().document().edit(QStringLiteral("Add"), addClip(session().timeline(), session().document().ids(), clip));
  saveScene();
  addPrompt("not saved, collected all the same");
  const std::string before = bytesOf(file());
  fs::create_directories(folder_ / "stick");
  whenAsked<QFileDialog>([&](QFileDialog& dialog) {
    dialog.selectFile(QString::fromStdString((folder_ / "stick").string()));
    static_cast<QDialog&>(dialog).done(QDialog::Accepted);
  });
  window_->action("Collect Files")->trigger();
  EXPECT_TRUE(waitUntil([&] { return bar() == QStringLiteral("The project and one file are in “stick”."); })) << bar().toStdString();
  const auto opened = kinescore::openProject(folder_ / "stick/scene.kinescore");
  ASSERT_TRUE(opened);
  EXPECT_EQ(mediaFilesOf(opened->document.timeline), std::vector<std::string>{"media/song.wav"});
  EXPECT_EQ(bytesOf(file()), before);
}

// ---- another program ----------------------------------------------------------------------------

TEST_F(ProjectSafetyTest, OpenElsewhereItIsReadOnlyAndSavedAsACopy) {
  saveScene();
  session().newProject();
  MotionService service(fakeEngine());
  EngineProjectStore other(folder_ / "other");
  Session first(service, other, std::make_unique<SequentialIds>(9000));
  ASSERT_TRUE(first.open(file()).ok());

  ASSERT_TRUE(window_->openProject(file()));
  EXPECT_EQ(bar(), QStringLiteral("“scene.kinescore” is open in another Kinescore and opens read-only here."));
  EXPECT_EQ(window_->topBar().savedText(), QStringLiteral("Read-only"));
  addPrompt("mine");
  EXPECT_EQ(window_->topBar().savedText(), QStringLiteral("Edits kept, not saved"));
  const std::string before = bytesOf(file());
  willName(folder_ / "mine.kinescore");
  EXPECT_TRUE(window_->save());
  EXPECT_EQ(session().path().filename(), "mine.kinescore");
  EXPECT_FALSE(session().isReadOnly());
  EXPECT_EQ(bar(), QString());
  EXPECT_EQ(bytesOf(file()), before);
  // And under its own name it is refused.
  ASSERT_TRUE(window_->openProject(file()));
  EXPECT_FALSE(session().saveAs(file()));
  first.newProject();  // closed there
  ASSERT_TRUE(window_->openProject(file()));
  EXPECT_FALSE(session().isReadOnly());
}

TEST_F(ProjectSafetyTest, ANewerVersionIsReadOnlyAndItsCopyIsOurs) {
  saveScene();
  session().newProject();
  std::string bytes = bytesOf(file());
  ASSERT_NE(bytes.rfind("\"version\": 1"), std::string::npos);
  bytes.replace(bytes.rfind("\"version\": 1"), 12, "\"version\": 9");
  putBytes(file(), bytes);
  ASSERT_TRUE(window_->openProject(file()));
  EXPECT_EQ(bar(), QStringLiteral("This project was made by a newer Kinescore and opens read-only."));
  willName(folder_ / "ours.kinescore");
  pressBar();
  EXPECT_EQ(session().path().filename(), "ours.kinescore");
  EXPECT_FALSE(session().isReadOnly());
  EXPECT_FALSE(kinescore::openProject(folder_ / "ours.kinescore")->document.readOnly);
  EXPECT_EQ(bytesOf(file()), bytes);
}

TEST_F(ProjectSafetyTest, AChangeByAnotherProgramIsOfferedAndLoaded) {
  saveScene();
  changeOnDisk("from elsewhere");
  ASSERT_TRUE(waitUntil([&] { return bar() == QStringLiteral("“scene.kinescore” was changed on disk by another program."); }));
  const std::string onDisk = kinescore::openProject(file())->document.timeline.contentHash();
  pressBar();
  EXPECT_EQ(session().timeline().contentHash(), onDisk);
  EXPECT_EQ(bar(), QString());
  EXPECT_FALSE(session().isReadOnly());
  // A second one is noticed too, though the file was replaced; our own save is not one.
  addPrompt("mine");
  EXPECT_TRUE(window_->save());
  QTest::qWait(400);
  EXPECT_EQ(bar(), QString());
  changeOnDisk("once more");
  EXPECT_TRUE(waitUntil([&] { return !bar().isEmpty(); }));
}

TEST_F(ProjectSafetyTest, UnsavedEditsAreNotLostToAChangeOnDisk) {
  saveScene();
  addPrompt("mine");
  const std::string mine = session().timeline().contentHash();
  changeOnDisk("theirs");
  ASSERT_TRUE(waitUntil([&] { return bar().contains(QStringLiteral("Your own edits are not saved")); }));
  window_->setAsksBeforeClosing(true);
  willAnswer(QStringLiteral("Cancel"));
  pressBar();
  EXPECT_EQ(session().timeline().contentHash(), mine);
  EXPECT_FALSE(bar().isEmpty());  // still offered
  // Saving over it asks, and what was there stays among the backups.
  QString asked;
  willAnswer(QStringLiteral("Cancel"), &asked);
  EXPECT_FALSE(window_->save());
  EXPECT_TRUE(asked.contains(QStringLiteral("changed on disk by another program")));
  const std::string theirs = bytesOf(file());
  willAnswer(QStringLiteral("Replace it"));
  EXPECT_TRUE(window_->save());
  bool isKept = false;
  for (const auto& version : savedVersions(file())) isKept |= bytesOf(version.file) == theirs;
  EXPECT_TRUE(isKept);
  window_->setAsksBeforeClosing(false);
}

TEST_F(ProjectSafetyTest, LoadedFromDiskTheEditsGivenUpDoNotComeBack) {
  saveScene();
  addPrompt("given up");
  ASSERT_TRUE(window_->openProject(file()));
  EXPECT_FALSE(session().isChanged());
  EXPECT_TRUE(session().timeline().clipsOf(session().timeline().tracks().front()->id).empty());
}

TEST_F(ProjectSafetyTest, AFileThatIsGoneIsSaidAndSavedAgain) {
  saveScene();
  fs::remove(file());
  ASSERT_TRUE(waitUntil([&] { return bar() == QStringLiteral("“scene.kinescore” is no longer where it was. Saving writes it again."); }));
  pressBar();
  EXPECT_TRUE(fs::exists(file()));
}

TEST_F(ProjectSafetyTest, AReadOnlyFolderIsOneSentence) {
  if (::geteuid() == 0) {
    // Rights do not stop this user; a file in the place of the lock's folder does.
    saveScene();
    session().newProject();
    fs::remove_all(takesFolderOf(file()));
    putBytes(takesFolderOf(file()), "in the way");
  } else {
    saveScene();
    session().newProject();
    fs::permissions(file().parent_path(), fs::perms::owner_read | fs::perms::owner_exec);
  }
  ASSERT_TRUE(window_->openProject(file()));
  EXPECT_TRUE(session().isReadOnly());
  EXPECT_TRUE(bar().startsWith(QStringLiteral("“scene.kinescore” opens read-only: "))) << bar().toStdString();
  fs::permissions(file().parent_path(), fs::perms::owner_all);
}

// ---- brought back -------------------------------------------------------------------------------

TEST_F(ProjectSafetyTest, WorkOfARunThatWasCutOffIsOfferedAndRecovered) {
  addPrompt("here before");  // this window's own work is not offered to itself
  std::string hash;
  std::string take;
  {
    MotionService service(fakeEngine());
    EngineProjectStore store(folder_ / "state");
    Session crashed(service, store, std::make_unique<RandomIds>());
    Clip clip;
    clip.trackId = crashed.timeline().tracks().front()->id;
    clip.span = {Ticks{0}, ticksFromSeconds(1)};
    clip.condition = TextCondition{"almost lost", BodyPart::Whole};
    crashed.document().edit(QStringLiteral("Add"), addClip(crashed.timeline(), crashed.document().ids(), clip));
    ASSERT_TRUE(crashed.generate().ok());
    ASSERT_TRUE(waitUntil([&] { return crashed.takes().shown() != nullptr; }));
    hash = crashed.timeline().contentHash();
    take = crashed.takes().shownId();
  }
  session().newProject();
  window_->showStartPage();
  window_->offerUnsavedWork();
  ASSERT_TRUE(waitUntil([&] { return bar().contains(QStringLiteral("was not saved and was kept")); }));
  EXPECT_TRUE(bar().contains(QStringLiteral("1 edit, 1 take"))) << bar().toStdString();
  pressBar();
  EXPECT_EQ(window_->startPage(), nullptr);
  EXPECT_EQ(session().timeline().contentHash(), hash);
  EXPECT_EQ(session().takes().shownId(), take);
  EXPECT_FALSE(session().hasPath());
  EXPECT_TRUE(session().isChanged());
  EXPECT_TRUE(bar().contains(QStringLiteral("Nothing was overwritten")));
  willName(folder_ / "kept.kinescore");
  pressBar();
  EXPECT_EQ(kinescore::openProject(folder_ / "kept.kinescore")->document.takes.size(), 1u);
  EXPECT_TRUE(unsavedWork(folder_ / "state").empty());
}

TEST_F(ProjectSafetyTest, RecoverListsEarlierVersionsAndThrowsAwayOnlyWhenAskedTwice) {
  saveScene();
  const std::string first = session().timeline().contentHash();
  addPrompt("walk");
  ASSERT_TRUE(window_->save());
  const std::string bytes = bytesOf(file());
  {
    auto left = Journal::begin(newUntitledJournalPath(folder_ / "state"), {"", Timeline{}.contentHash(), "", writeProject({})});
    ASSERT_TRUE(left);
  }
  RecoverDialog dialog(folder_ / "state", file());
  auto* list = dialog.findChild<QListWidget*>(QStringLiteral("recoverList"));
  ASSERT_TRUE(waitUntil([&] { return dialog.isReady(); }));
  ASSERT_EQ(list->count(), 2);
  auto* away = dialog.findChild<QPushButton*>(QStringLiteral("throwAway"));
  away->click();
  EXPECT_EQ(list->count(), 2);
  away->click();
  ASSERT_EQ(list->count(), 1);
  EXPECT_TRUE(unsavedWork(folder_ / "state").empty());
  EXPECT_TRUE(away->isHidden());
  list->setCurrentRow(0);
  dialog.findChild<QPushButton*>(QStringLiteral("openCopy"))->click();
  ASSERT_TRUE(dialog.chosen());
  ASSERT_TRUE(session().openVersion(*dialog.chosen()).ok());
  EXPECT_EQ(session().timeline().contentHash(), first);
  EXPECT_FALSE(session().hasPath());
  EXPECT_EQ(bytesOf(file()), bytes);
}

TEST_F(ProjectSafetyTest, WithNothingToRecoverTheDialogSaysSo) {
  RecoverDialog dialog(folder_ / "nowhere", {});
  auto* state = dialog.findChild<QLabel*>(QStringLiteral("recoverState"));
  EXPECT_EQ(state->text(), QStringLiteral("Looking…"));
  ASSERT_TRUE(waitUntil([&] { return dialog.isReady(); }));
  EXPECT_TRUE(state->text().startsWith(QStringLiteral("There is nothing to bring back.")));
  EXPECT_FALSE(dialog.findChild<QPushButton*>(QStringLiteral("openCopy"))->isEnabled());
}

// ---- dropped ------------------------------------------------------------------------------------

TEST_F(ProjectSafetyTest, ADroppedProjectOpensAfterAskingAboutEdits) {
  saveScene();
  session().newProject();
  addPrompt("not saved");
  const std::string mine = session().timeline().contentHash();
  window_->setAsksBeforeClosing(true);
  willAnswer(QStringLiteral("Cancel"));
  drop({file()});
  QTest::qWait(50);
  EXPECT_EQ(session().timeline().contentHash(), mine);
  window_->setAsksBeforeClosing(false);
  drop({file()});
  EXPECT_TRUE(waitUntil([&] { return session().path() == file(); }));
}

TEST_F(ProjectSafetyTest, ADroppedBvhIsOfferedAsADraft) {
  addPrompt("walk");
  generate();
  ASSERT_TRUE(saveFileSafely(folder_ / "rough.bvh", writeBvh(*session().takes().shown()->result.motion, {})));
  drop({folder_ / "rough.bvh"});
  ASSERT_TRUE(waitUntil([&] { return window_->errors().sentence() == QStringLiteral("“rough.bvh” can be followed frame by frame, as a draft."); }));
  EXPECT_FALSE(session().draft());
  window_->errors().findChild<QPushButton*>()->click();
  EXPECT_TRUE(session().draft());
}

TEST_F(ProjectSafetyTest, AnythingElseIsOneSentence) {
  putBytes(folder_ / "notes.txt", "words");
  drop({folder_ / "notes.txt"});
  EXPECT_TRUE(waitUntil([&] { return window_->errors().sentence() == QStringLiteral("“notes.txt” is no project, sound, video or BVH file."); }));
  fs::create_directories(folder_ / "clips");
  drop({folder_ / "clips"});
  EXPECT_TRUE(waitUntil([&] { return window_->errors().sentence().startsWith(QStringLiteral("“clips” is a folder.")); }));
}

}  // namespace
}  // namespace kinescore
