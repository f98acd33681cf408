#include <gtest/gtest.h>

#include <QAction>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QUndoView>

#include "engine/core/files.h"
#include "engine/io/bvh_writer.h"
#include "tests/support/temporary_folder.h"
#include "tests/ui/ui_test_support.h"
#include "ui/dialogs/export_dialog.h"
#include "ui/document/edit_commands.h"
#include "ui/main_window.h"
#include "ui/panels/status_bar.h"
#include "ui/panels/top_bar.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/basics.h"
#include "ui/widgets/error_bar.h"
#include "ui/widgets/fields.h"

namespace kinescore {
namespace {

MotionService::GeneratorFactory fakeEngine(std::chrono::milliseconds stepTime = std::chrono::milliseconds(0)) {
  return [stepTime]() -> Result<std::unique_ptr<MotionGenerator>> {
    auto generator = std::make_unique<FakeGenerator>();
    generator->stepTime = stepTime;
    generator->library = {"cmu_16_02", "mine/sneak"};
    return std::unique_ptr<MotionGenerator>(std::move(generator));
  };
}

class MainWindowTest : public testing::Test {
 protected:
  void SetUp() override {
    testApplication();
    service_ = std::make_unique<MotionService>(fakeEngine(stepTime_));
    window_ = std::make_unique<MainWindow>(
        WindowServices{*service_, QStringLiteral("CPU · fake"), {}, folder_.path() / "state"});
    window_->setAsksBeforeClosing(false);
    window_->show();
    QCoreApplication::processEvents();
  }
  void TearDown() override {
    window_->close();
    window_.reset();
  }

  Session& session() { return window_->session(); }
  ObjectId addPrompt(const std::string& words) {
    Clip clip;
    for (const auto& track : session().timeline().tracks()) {
      if (track->kind == TrackKind::Text) {
        clip.trackId = track->id;
      }
    }
    clip.span = {Ticks{0}, ticksFromSeconds(4)};
    clip.condition = TextCondition{words, BodyPart::Whole};
    const auto patch = addClip(session().timeline(), session().document().ids(), clip);
    session().document().edit(QStringLiteral("Add prompt"), patch);
    return patch->changes.front().id;
  }
  void generate() {
    const std::size_t before = session().takes().takes().size();
    window_->action("Generate")->trigger();
    ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() > before; }));
  }

  std::chrono::milliseconds stepTime_{0};
  TemporaryFolder folder_;
  std::unique_ptr<MotionService> service_;
  std::unique_ptr<MainWindow> window_;
};

TEST_F(MainWindowTest, GenerateMakesATakeAndThenTheButtonSaysUpToDate) {
  addPrompt("walk");
  EXPECT_EQ(window_->topBar().generateButton()->state(), GenerateButton::State::Generate);
  EXPECT_EQ(window_->status().words(), QStringLiteral("1 change not generated"));
  generate();
  EXPECT_EQ(window_->topBar().generateButton()->state(), GenerateButton::State::UpToDate);
  EXPECT_TRUE(window_->status().words().startsWith(QStringLiteral("Take 1 is ready")));

  // Pressed again it makes another one, with another seed.
  generate();
  EXPECT_EQ(session().takes().takes().size(), 2u);
  EXPECT_NE(session().takes().takes()[0]->request.seed, session().takes().takes()[1]->request.seed);
}

TEST_F(MainWindowTest, EveryMenuEntryHasANameOfItsOwnAndKeysDoNotMeet) {
  QStringList names, keys;
  for (const QAction* action : window_->actions()) {
    EXPECT_FALSE(action->objectName().isEmpty());
    EXPECT_FALSE(names.contains(action->objectName())) << action->objectName().toStdString();
    names << action->objectName();
    for (const QKeySequence& key : action->shortcuts()) {
      EXPECT_FALSE(keys.contains(key.toString())) << key.toString().toStdString();
      keys << key.toString();
    }
  }
}

TEST_F(MainWindowTest, AClickInTheHistoryGoesThere) {
  std::vector<std::string> hashes{session().timeline().contentHash()};
  for (const char* words : {"walk", "run", "hop"}) {
    addPrompt(words);
    hashes.push_back(session().timeline().contentHash());
  }
  auto* steps = window_->findChild<QUndoView*>(QStringLiteral("historySteps"));
  ASSERT_NE(steps, nullptr);
  EXPECT_FALSE(steps->isVisible());
  window_->action("History")->trigger();
  QCoreApplication::processEvents();
  EXPECT_TRUE(steps->isVisible());
  ASSERT_EQ(steps->model()->rowCount(), 4);
  EXPECT_EQ(steps->model()->index(1, 0).data().toString(), QStringLiteral("Add prompt"));
  for (const int row : {1, 3, 0}) {
    QTest::mouseClick(steps->viewport(), Qt::LeftButton, Qt::NoModifier,
                      steps->visualRect(steps->model()->index(row, 0)).center());
    EXPECT_EQ(session().timeline().contentHash(), hashes[std::size_t(row)]);
  }
}

TEST_F(MainWindowTest, TheTimecodeTakesWhatPeopleWrite) {
  auto* field = window_->findChild<FrameField*>(QStringLiteral("timecode"));
  ASSERT_NE(field, nullptr);
  const auto write = [&](const char* words) {
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, QString::fromLatin1(words));
    QTest::keyClick(field, Qt::Key_Return);
    return session().playback().frame();
  };
  EXPECT_EQ(write("48"), 48);
  EXPECT_EQ(write("+12"), 60);
  EXPECT_EQ(write("2.5s"), 75);
  EXPECT_EQ(write("00:00:02:00"), 60);
  EXPECT_EQ(field->text(), QStringLiteral("00:00:02:00"));
}

TEST_F(MainWindowTest, RippleDeleteAndTheModesHaveEntries) {
  const ObjectId a = addPrompt("walk");
  session().selection().selectClip(a);
  duplicateSelection(session());
  const ObjectId b = *session().selection().singleClip();
  session().selection().selectClip(a);
  window_->action("Ripple Delete")->trigger();
  EXPECT_EQ(session().timeline().findClip(b)->span.start, Ticks{0});
  window_->action("Ripple Mode")->trigger();
  EXPECT_TRUE(window_->timeline().isRippling());
  EXPECT_TRUE(window_->action("Ripple Mode")->isChecked());
  window_->action("Slips What Plays in Them")->trigger();
  EXPECT_EQ(window_->timeline().tool(), DragTool::Slip);
  window_->action("Beats")->trigger();
  EXPECT_FALSE(window_->timeline().snapTargets().beats);
}

TEST_F(MainWindowTest, SeveralClipsAreMovedAndScaledByTheirFields) {
  const ObjectId a = addPrompt("walk");
  session().selection().selectClip(a);
  duplicateSelection(session());
  const ObjectId b = *session().selection().singleClip();
  session().selection().selectClips({a, b});
  QCoreApplication::processEvents();
  auto* start = window_->findChild<FrameField*>(QStringLiteral("manyStart"));
  auto* length = window_->findChild<FrameField*>(QStringLiteral("manyLength"));
  ASSERT_NE(start, nullptr);
  EXPECT_EQ(length->frame(), 240);
  for (const auto& [field, words] : {std::pair{start, "+30"}, std::pair{length, "120"}}) {
    field->selectAll();
    QTest::keyClicks(field, QString::fromLatin1(words));
    QTest::keyClick(field, Qt::Key_Return);
  }
  EXPECT_EQ(session().timeline().findClip(a)->span, (TimeRange{ticksFromSeconds(1), ticksFromSeconds(3)}));
  EXPECT_EQ(session().timeline().findClip(b)->span, (TimeRange{ticksFromSeconds(3), ticksFromSeconds(5)}));
}

TEST_F(MainWindowTest, UndoNamesWhatItUndoes) {
  addPrompt("walk");
  EXPECT_TRUE(window_->action("Undo")->text().contains(QStringLiteral("Add prompt")));
  window_->action("Undo")->trigger();
  EXPECT_TRUE(session().timeline().clipsOf(session().timeline().tracks().front()->id).empty());
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

TEST_F(MainWindowTest, TheInspectorEditsThePromptAsOneStep) {
  const ObjectId clip = addPrompt("walk");
  session().selection().selectClip(clip);
  auto* prompt = window_->findChild<QPlainTextEdit*>(QStringLiteral("prompt"));
  ASSERT_NE(prompt, nullptr);
  EXPECT_EQ(prompt->toPlainText(), QStringLiteral("walk"));
  const int steps = session().document().undoStack().count();
  prompt->moveCursor(QTextCursor::End);
  QTest::keyClicks(prompt, QStringLiteral("s slowly"));

  EXPECT_EQ(std::get<TextCondition>(session().timeline().findClip(clip)->condition).prompt, "walks slowly");
  EXPECT_EQ(session().document().undoStack().count(), steps + 1);
}

TEST_F(MainWindowTest, WordsAreGivenToAPartOfTheBody) {
  const ObjectId clip = addPrompt("wave");
  session().selection().selectClip(clip);
  auto* part = window_->findChild<SegmentedChoice*>(QStringLiteral("body part"));
  ASSERT_NE(part, nullptr);
  EXPECT_EQ(part->current(), 0);
  part->findChildren<QToolButton*>().at(2)->click();
  EXPECT_EQ(std::get<TextCondition>(session().timeline().findClip(clip)->condition).part, BodyPart::RightArm);
  EXPECT_EQ(clipTitle(*session().timeline().findClip(clip)), QStringLiteral("right arm · wave"));
  session().document().undoStack().undo();
  EXPECT_EQ(std::get<TextCondition>(session().timeline().findClip(clip)->condition).part, BodyPart::Whole);
  EXPECT_EQ(part->current(), 0);
  EXPECT_EQ(clipTitle(*session().timeline().findClip(clip)), QStringLiteral("wave"));
}

TEST_F(MainWindowTest, TheProjectSaysHowManyReferencesAPromptFinds) {
  auto* references = window_->findChild<SegmentedChoice*>(QStringLiteral("references"));
  ASSERT_NE(references, nullptr);
  EXPECT_EQ(references->current(), session().references());
  Q_EMIT references->chosen(0);
  EXPECT_EQ(session().references(), 0);
  session().setReferences(3);
  EXPECT_EQ(references->current(), 3);
  EXPECT_FALSE(references->parentWidget()->isHidden());

  WindowServices services{*service_, QStringLiteral("CPU · fake"), {}, {}};
  services.findsReferences = false;
  MainWindow other(services);
  other.setAsksBeforeClosing(false);
  EXPECT_TRUE(other.findChild<SegmentedChoice*>(QStringLiteral("references"))->parentWidget()->isHidden());
}

TEST_F(MainWindowTest, AReferenceOfATakeIsPinnedForbiddenAndAllowedAgain) {
  addPrompt("walk");
  generate();
  const auto showTake = [&] {
    session().selection().selectTake(QString::fromStdString(session().takes().shownId()));
    QCoreApplication::processEvents();
  };
  const auto press = [&](const char* name) {
    auto* link = window_->findChild<QPushButton*>(QString::fromLatin1(name));
    ASSERT_NE(link, nullptr) << name;
    link->click();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
  };
  showTake();
  press("pin mine/sneak");
  EXPECT_EQ(session().wishes().pins, (std::vector<ReferencePin>{{"mine/sneak", std::nullopt, "walk"}}));
  press("forbid cmu_16_02");
  EXPECT_TRUE(session().wishes().forbids("cmu_16_02"));
  EXPECT_TRUE(session().isChanged());
  EXPECT_EQ(session().changesSinceShown(), 2);

  generate();  // the next generation obeys
  const auto& references = session().takes().shown()->result.report.references;
  ASSERT_EQ(references.size(), 1u);
  EXPECT_EQ(references[0].clipId, "mine/sneak");
  EXPECT_TRUE(references[0].pinned);

  showTake();
  press("pin mine/sneak");  // again: no more
  press("allow cmu_16_02");
  EXPECT_TRUE(session().wishes().isEmpty());
}

TEST_F(MainWindowTest, ATakeIsFollowedAsADraftUntilItIsNoLonger) {
  addPrompt("walk");
  generate();
  const auto press = [&](const char* name) {
    auto* link = window_->findChild<QPushButton*>(QString::fromLatin1(name));
    ASSERT_NE(link, nullptr) << name;
    link->click();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
  };
  const std::string followed = session().takes().shownId();
  session().selection().selectTake(QString::fromStdString(followed));
  QCoreApplication::processEvents();
  EXPECT_EQ(session().changesSinceShown(), 0);
  press("follow take");
  ASSERT_TRUE(session().draft());
  EXPECT_EQ(session().changesSinceShown(), 1);
  EXPECT_TRUE(session().isChanged());
  const auto file = folder_.path() / "follows.kinescore";
  ASSERT_TRUE(session().saveAs(file));
  EXPECT_FALSE(session().isChanged());
  session().newProject();
  EXPECT_FALSE(session().draft());
  ASSERT_TRUE(session().open(file));
  ASSERT_TRUE(session().draft());
  EXPECT_EQ(session().draft()->motion->frameCount(), session().takes().find(followed)->result.motion->frameCount());
  generate();
  EXPECT_TRUE(session().takes().shown()->request.draft.has_value());
  EXPECT_EQ(session().changesSinceShown(), 0);
  session().selection().selectNothing();
  QCoreApplication::processEvents();
  auto* name = window_->findChild<QLabel*>(QStringLiteral("draft"));
  ASSERT_NE(name, nullptr);
  EXPECT_NE(name->text(), QStringLiteral("None"));
  press("no draft");
  EXPECT_FALSE(session().draft());
  EXPECT_EQ(name->text(), QStringLiteral("None"));
  EXPECT_EQ(session().changesSinceShown(), 1);
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

TEST_F(MainWindowTest, WithoutAnEngineTheButtonIsOffWithTheReason) {
  MotionService service(fakeEngine());
  MainWindow window(WindowServices{service, {}, QStringLiteral("The weights are missing; run ./run.sh again."), {}});
  window.setAsksBeforeClosing(false);
  EXPECT_EQ(window.topBar().generateButton()->state(), GenerateButton::State::Off);
  EXPECT_EQ(window.topBar().generateButton()->toolTip(), QStringLiteral("The weights are missing; run ./run.sh again."));
  window.generate();
  EXPECT_FALSE(window.session().jobs().isBusy());
}

/// A window whose engine can be changed to files of GEM that are named “good…”.
class ModelMenuTest : public MainWindowTest {
 protected:
  void SetUp() override {
    testApplication();
    service_ = std::make_unique<MotionService>(fakeEngine());
    openWindow();
  }
  void openWindow() {
    window_ = std::make_unique<MainWindow>(WindowServices{*service_, QStringLiteral("CPU · fake"), {},
                                                          folder_.path() / "state", true, true,
                                                          [this](const std::string& model) { return openModel(model); }});
    window_->setAsksBeforeClosing(false);
    window_->show();
    QCoreApplication::processEvents();
  }
  Result<OfferedModel> openModel(const std::string& model) {
    if (model != kShippedModel && model.find("/good") == std::string::npos) {
      return Error{ErrorCode::BadInput, "“bad.ckpt” is a PyTorch checkpoint."};
    }
    OfferedModel offered;
    offered.description = model == kShippedModel ? "CPU · fake" : "CPU · gem good";
    offered.makeGenerator = [this, model]() -> Result<std::unique_ptr<MotionGenerator>> {
      performing_ = model;
      return std::unique_ptr<MotionGenerator>(std::make_unique<FakeGenerator>());
    };
    return offered;
  }
  QStringList entries() const {
    QStringList names;
    for (const QAction* entry : window_->topBar().modelMenu()->actions()) {
      names.append((entry->isChecked() ? QStringLiteral("*") : QString()) + entry->text());
    }
    return names;
  }
  std::string performing_;  // made on the engine's thread, read after its job
};

TEST_F(ModelMenuTest, OffersWhatShipsAndFilesOfGem) {
  EXPECT_EQ(entries(), QStringList({QStringLiteral("*Kinescore"), QString(), QStringLiteral("Choose a GEM file…")}));
  EXPECT_TRUE(window_->useModel(QStringLiteral("gem:/models/good.safetensors")));
  EXPECT_EQ(window_->topBar().engineText(), QStringLiteral("CPU · gem good"));
  EXPECT_EQ(entries(), QStringList({QStringLiteral("Kinescore"), QStringLiteral("*GEM · good"), QString(),
                                    QStringLiteral("Choose a GEM file…")}));
  addPrompt("walk");
  generate();
  EXPECT_EQ(performing_, "gem:/models/good.safetensors");
}

TEST_F(ModelMenuTest, AFileThatIsNoneChangesNothing) {
  EXPECT_FALSE(window_->useModel(QStringLiteral("gem:/models/bad.ckpt")));
  EXPECT_EQ(window_->errors().sentence(),
            QStringLiteral("The model was not changed: “bad.ckpt” is a PyTorch checkpoint."));
  EXPECT_EQ(window_->topBar().engineText(), QStringLiteral("CPU · fake"));
  EXPECT_EQ(entries().front(), QStringLiteral("*Kinescore"));
}

TEST_F(ModelMenuTest, WhatWasChosenIsRemembered) {
  ASSERT_TRUE(window_->useModel(QStringLiteral("gem:/models/good.safetensors")));
  window_->close();
  window_.reset();
  openWindow();
  EXPECT_EQ(window_->topBar().engineText(), QStringLiteral("CPU · gem good"));
  // back by the menu itself
  window_->topBar().modelMenu()->actions().front()->trigger();
  EXPECT_EQ(window_->topBar().engineText(), QStringLiteral("CPU · fake"));
  EXPECT_EQ(entries().mid(0, 2), QStringList({QStringLiteral("*Kinescore"), QStringLiteral("GEM · good")}));
  addPrompt("walk");
  generate();
  EXPECT_EQ(performing_, kShippedModel);
}

class SlowEngineWindowTest : public MainWindowTest {
 protected:
  SlowEngineWindowTest() { stepTime_ = std::chrono::milliseconds(150); }
};

TEST_F(SlowEngineWindowTest, CancelFromTheButtonAnswersWithinATenthOfASecond) {
  addPrompt("walk");
  window_->action("Generate")->trigger();
  ASSERT_TRUE(waitUntil([&] { return window_->topBar().generateButton()->state() == GenerateButton::State::Working; }));
  GenerateButton* button = window_->topBar().generateButton();
  QElapsedTimer timer;
  timer.start();
  QTest::mouseClick(button, Qt::LeftButton, Qt::NoModifier, {button->width() - 10, button->height() / 2});
  EXPECT_LT(timer.elapsed(), 100);
  EXPECT_FALSE(session().jobs().isBusy());
  EXPECT_EQ(window_->status().words(), QStringLiteral("Cancelled."));
  EXPECT_EQ(button->state(), GenerateButton::State::Generate);
}

}  // namespace
}  // namespace kinescore
