// Along the timeline by keys alone, fine drags, and what plays at the ends of the range.
#include <QMenu>
#include <QToolButton>

#include "tests/ui/main_window_fixture.h"
#include "tests/ui/timeline_view_fixture.h"
#include "ui/document/edit_commands.h"
#include "ui/panels/transport_bar.h"

namespace kinescore {
namespace {

TEST_F(TimelineViewTest, T13_CtrlDuringADragIsFineAndWithoutSnapping) {
  const ObjectId left = fixture_.addPrompt(1, 3, "walk"), right = fixture_.addPrompt(5, 7, "run");
  const QPoint from = middleOf(right);
  const int way = view_.xOf(ticksFromSeconds(3)) - view_.xOf(ticksFromSeconds(2));
  press(from);
  moveTo(from - QPoint(way, 0));
  const Ticks coarse = spanOf(right).start;
  // A tenth of the way from here on: 100 pixels are 10.
  moveTo(from - QPoint(way + 100, 0), Qt::ControlModifier);
  EXPECT_NEAR(secondsOf(coarse - spanOf(right).start), 10 / view_.axis().pixelsPerSecond, 1.01 / 30);
  EXPECT_NE(spanOf(right).start, coarse);
  // Let go of Ctrl it goes on from there, as fast as the mouse.
  moveTo(from - QPoint(way + 110, 0));
  EXPECT_NEAR(secondsOf(coarse - spanOf(right).start), 20 / view_.axis().pixelsPerSecond, 1.01 / 30);
  release(from - QPoint(way + 110, 0));
  EXPECT_EQ(spanOf(left).end, ticksFromSeconds(3));
}

TEST_F(TimelineViewTest, ZoomedOutAFineDragStillReachesEveryFrame) {
  TimelineSettings settings = session().timeline().settings();
  settings.duration = ticksFromSeconds(300);
  session().document().edit(QStringLiteral("Length"), changeSettings(session().timeline(), settings));
  const ObjectId clip = fixture_.addPrompt(100, 130, "walk");
  view_.fitAll();
  ASSERT_LT(view_.axis().pixelsPerSecond, 6);  // a pixel is several frames
  const QPoint from = middleOf(clip);
  std::set<std::int64_t> frames;
  press(from);
  moveTo(from + QPoint(20, 0));
  for (int x = 21; x < 60; ++x) {
    moveTo(from + QPoint(x, 0), Qt::ControlModifier);
    frames.insert(nearestFrame(spanOf(clip).start, kEngineRate));
  }
  release(from + QPoint(60, 0));
  EXPECT_EQ(std::int64_t(frames.size()), *frames.rbegin() - *frames.begin() + 1);
}

class TimelineKeyboardTest : public MainWindowTest {
 protected:
  void SetUp() override {
    MainWindowTest::SetUp();
    for (int i = 0; i < 3; ++i) {
      prompts_.push_back(addPrompt("walk " + std::to_string(i)));
      const std::vector<ObjectId> last{prompts_.back()};
      session().document().edit(QStringLiteral("Move"), moveClips(session().timeline(), last, ticksFromSeconds(3.0 * i)));
    }
    session().selection().selectNothing();
    window_->timeline().setFocus();
    QApplication::setActiveWindow(window_.get());
    QCoreApplication::processEvents();
  }
  void key(int which, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QTest::keyClick(&window_->timeline(), Qt::Key(which), modifiers);
    QCoreApplication::processEvents();
  }
  std::vector<ObjectId> prompts_;
};

TEST_F(TimelineKeyboardTest, ArrowsWalkAlongClipsAndTracks) {
  key(Qt::Key_Right, Qt::ControlModifier);
  EXPECT_EQ(session().selection().singleClip(), prompts_[0]);
  key(Qt::Key_Right, Qt::ControlModifier);
  key(Qt::Key_Right, Qt::ControlModifier);
  EXPECT_EQ(session().selection().singleClip(), prompts_[2]);
  key(Qt::Key_Right, Qt::ControlModifier);  // the last one stays
  EXPECT_EQ(session().selection().singleClip(), prompts_[2]);
  key(Qt::Key_Left, Qt::ControlModifier);
  EXPECT_EQ(session().selection().singleClip(), prompts_[1]);

  // An empty track is selected itself; back up it is the nearest clip.
  key(Qt::Key_Down);
  EXPECT_EQ(session().selection().surface(), Selection::Surface::Track);
  EXPECT_EQ(session().timeline().findTrack(session().selection().track())->kind, TrackKind::Pose);
  session().playback().seek(ticksFromSeconds(6.2));
  key(Qt::Key_Up);
  EXPECT_EQ(session().selection().singleClip(), prompts_[2]);
  key(Qt::Key_Up);  // the top one stays
  EXPECT_EQ(session().selection().singleClip(), prompts_[2]);
}

TEST_F(TimelineKeyboardTest, EnterWritesThePromptAndAPlainArrowStillStepsAFrame) {
  key(Qt::Key_Right, Qt::ControlModifier);
  const std::int64_t frame = session().playback().frame();
  key(Qt::Key_Right);
  EXPECT_EQ(session().playback().frame(), frame + 1);
  key(Qt::Key_Return);
  ASSERT_TRUE(window_->timeline().isEditingName());
  auto* editor = window_->timeline().findChild<QLineEdit*>(QStringLiteral("promptEditor"));
  editor->selectAll();
  QTest::keyClicks(editor, QStringLiteral("hop"));
  QTest::keyClick(editor, Qt::Key_Return);
  EXPECT_EQ(std::get<TextCondition>(session().timeline().findClip(prompts_[0])->condition).prompt, "hop");
  EXPECT_FALSE(window_->timeline().isEditingName());

  // On a selected text track it writes a new one at the playhead.
  session().playback().seek(ticksFromSeconds(9.5));
  session().selection().selectTrack(session().timeline().tracks().front()->id);
  key(Qt::Key_Return);
  EXPECT_TRUE(window_->timeline().isEditingName());
}

TEST_F(TimelineKeyboardTest, WhatIsSelectedByKeysComesIntoSight) {
  TimelineView& view = window_->timeline();
  view.fitAll();
  view.zoomBy(12);
  key(Qt::Key_Right, Qt::ControlModifier);
  key(Qt::Key_Right, Qt::ControlModifier);
  key(Qt::Key_Right, Qt::ControlModifier);
  EXPECT_TRUE(view.rect().contains(view.xOf(ticksFromSeconds(6)), 100));
}

TEST_F(TimelineKeyboardTest, InAFieldTheArrowsBelongToTheField) {
  session().selection().selectClip(prompts_[0]);
  QCoreApplication::processEvents();
  auto* prompt = window_->findChild<QWidget*>(QStringLiteral("prompt"));
  prompt->setFocus();
  QTest::keyClick(prompt, Qt::Key_Down);
  QTest::keyClick(prompt, Qt::Key_Right, Qt::ControlModifier);
  EXPECT_EQ(session().selection().singleClip(), prompts_[0]);
}

TEST_F(TimelineKeyboardTest, T13_TheMagnetHasTheMenuOfWhatIsSnappedTo) {
  const auto* magnet = window_->findChild<QToolButton*>(QStringLiteral("snap menu"));
  ASSERT_NE(magnet, nullptr);
  ASSERT_NE(magnet->menu(), nullptr);
  EXPECT_EQ(magnet->menu()->actions().size(), 6);
  for (QAction* entry : magnet->menu()->actions()) {
    EXPECT_TRUE(entry->isChecked()) << entry->text().toStdString();
  }
  magnet->menu()->actions().back()->trigger();
  EXPECT_FALSE(window_->timeline().snapTargets().beats);
  EXPECT_FALSE(magnet->menu()->actions().back()->isChecked());
}

TEST_F(TimelineKeyboardTest, T21_PlayingOnceLoopingAndToAndFroAreChosenInAMenu) {
  const Playback& playback = session().playback();
  EXPECT_TRUE(window_->action("Loop")->isChecked());
  window_->action("Ping-Pong")->trigger();
  EXPECT_EQ(playback.repeat(), Playback::Repeat::PingPong);
  EXPECT_FALSE(window_->action("Loop")->isChecked());
  window_->findChild<QToolButton*>(QStringLiteral("loop"))->click();
  EXPECT_EQ(playback.repeat(), Playback::Repeat::Once);
  EXPECT_TRUE(window_->action("Play Once")->isChecked());
}

}  // namespace
}  // namespace kinescore
