#include <gtest/gtest.h>

#include <QUndoView>

#include "tests/ui/main_window_fixture.h"
#include "ui/document/edit_commands.h"
#include "ui/panels/status_bar.h"
#include "ui/panels/top_bar.h"
#include "ui/timeline/timeline_view.h"
#include "ui/widgets/fields.h"

namespace kinescore {
namespace {

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

TEST_F(MainWindowTest, UndoNamesWhatItUndoes) {
  addPrompt("walk");
  EXPECT_TRUE(window_->action("Undo")->text().contains(QStringLiteral("Add prompt")));
  window_->action("Undo")->trigger();
  EXPECT_TRUE(session().timeline().clipsOf(session().timeline().tracks().front()->id).empty());
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

TEST_F(MainWindowTest, ALongProjectNameGivesWayToWhatStandsBesideIt) {
  const std::string endless(90, 'W');
  ASSERT_TRUE(session().saveAs(folder_.path() / (endless + ".kinescore")));
  for (const int width : {1180, 1600, 2200}) {
    window_->resize(width, 800);
    QTest::qWait(10);
    const TopBar& bar = window_->topBar();
    auto* name = bar.findChild<QLabel*>(QStringLiteral("projectNameInBar"));
    ASSERT_NE(name, nullptr);
    const QWidget* middle = name->parentWidget();
    const auto* saved = bar.findChild<QToolButton*>(QStringLiteral("saveState"));
    EXPECT_LE(saved->geometry().right(), middle->width()) << width;
    EXPECT_GT(name->width(), 60) << width;
    for (const QWidget* other : bar.findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly)) {
      if (other != middle && other->isVisible()) {
        EXPECT_FALSE(other->geometry().intersects(middle->geometry())) << width << " " << other->metaObject()->className();
      }
    }
    EXPECT_EQ(name->toolTip().toStdString(), endless);
  }
  // A short one stands in the middle.
  ASSERT_TRUE(session().saveAs(folder_.path() / "hop.kinescore"));
  window_->resize(2200, 800);
  QTest::qWait(10);
  const QWidget* middle = window_->topBar().findChild<QLabel*>(QStringLiteral("projectNameInBar"))->parentWidget();
  EXPECT_NEAR(middle->geometry().center().x(), window_->topBar().width() / 2, 2);
}

}  // namespace
}  // namespace kinescore
