// Frames swiped from another take's lane stand in the shown take; only the joins are made anew.
#include "tests/ui/main_window_fixture.h"
#include "ui/timeline/timeline_view.h"

namespace kinescore {
namespace {

class TakeLanesTest : public MainWindowTest {
 protected:
  void SetUp() override {
    MainWindowTest::SetUp();
    addPrompt("walk forward");
    generate();
    first_ = session().takes().shown();
    session().setSeed(7);
    generate();
    second_ = session().takes().shown();
  }
  void swipe(const QRect& lane, double from, double to, bool isLetGo = true) {
    TimelineView& view = window_->timeline();
    const QPoint a(view.xOf(ticksFromSeconds(from)), lane.center().y()), b(view.xOf(ticksFromSeconds(to)), lane.center().y());
    QTest::mousePress(&view, Qt::LeftButton, {}, a);
    for (const QPoint& at : {a + (b - a) / 2, b}) {
      QMouseEvent event(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, Qt::LeftButton, {});
      QApplication::sendEvent(&view, &event);
    }
    if (isLetGo) {
      QTest::mouseRelease(&view, Qt::LeftButton, {}, b);
    }
  }
  TakePointer first_, second_;
};

TEST_F(TakeLanesTest, ASwipeTakesFramesOverAndMakesTheJoinsAnew) {
  TimelineView& view = window_->timeline();
  EXPECT_TRUE(view.takeLaneRect(first_->id).isEmpty());
  window_->action("Other Takes on the Timeline")->trigger();
  const QRect lane = view.takeLaneRect(first_->id);
  ASSERT_FALSE(lane.isEmpty());
  EXPECT_TRUE(view.takeLaneRect(second_->id).isEmpty()) << "the shown one is the result itself";

  swipe(lane, 4, 6);
  ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() == 3; }));
  const TakePointer comp = session().takes().shown();
  const Motion& is = *comp->result.motion;
  EXPECT_EQ(comp->baseTakeId, second_->id);
  ASSERT_TRUE(comp->range);
  EXPECT_LT(comp->range->start, 120);
  EXPECT_GT(comp->range->end, 180);
  for (const FrameRange kept : {FrameRange{0, comp->range->start}, FrameRange{comp->range->end, 300}}) {
    EXPECT_EQ(identityHash(is, kept), identityHash(*second_->result.motion, kept));
  }
  const auto fromFirst = std::find_if(comp->origins.begin(), comp->origins.end(),
                                      [&](const FrameOrigin& origin) { return origin.takeId == first_->id; });
  ASSERT_NE(fromFirst, comp->origins.end());
  EXPECT_EQ(fromFirst->frames, (FrameRange{120, 180}));
  EXPECT_NE(comp->result.report.lines.front().sentence.find("come from take 1"), std::string::npos);
  EXPECT_EQ(session().changesSinceShown(), 0);
}

TEST_F(TakeLanesTest, EscGivesTheSwipeUp) {
  TimelineView& view = window_->timeline();
  view.showTakeLanes(true);
  swipe(view.takeLaneRect(first_->id), 4, 6, false);
  EXPECT_TRUE(view.isInGesture());
  QTest::keyClick(&view, Qt::Key_Escape);
  EXPECT_FALSE(view.isInGesture());
  QTest::qWait(20);
  EXPECT_FALSE(session().jobs().isBusy());
  EXPECT_EQ(session().takes().takes().size(), 2u);
}

TEST_F(TakeLanesTest, TheResultsHeaderFoldsThem) {
  TimelineView& view = window_->timeline();
  view.showTakeLanes(true);
  view.showTakeLanes(false);
  const QRect header = view.resultHeaderRect();
  ASSERT_FALSE(header.isEmpty());
  QTest::mouseClick(&view, Qt::LeftButton, {}, {14, header.center().y()});
  EXPECT_TRUE(view.areTakeLanesShown());
  EXPECT_TRUE(window_->action("Other Takes on the Timeline")->isChecked());
}

TEST_F(TakeLanesTest, ATakeOfAnotherLengthHasNoLane) {
  auto shorter = std::make_shared<Take>(*first_);
  auto motion = std::make_shared<Motion>(first_->result.motion->slice({0, 200}));
  shorter->result.motion = motion;
  shorter->id = "shorter";
  shorter->number = 9;
  session().takes().add(shorter, false);
  window_->timeline().showTakeLanes(true);
  EXPECT_TRUE(window_->timeline().takeLaneRect("shorter").isEmpty());
  EXPECT_FALSE(window_->timeline().takeLaneRect(first_->id).isEmpty());
}

TEST_F(TakeLanesTest, AllOfATakeIsRefusedInOneSentence) {
  const Status refused = session().takeOver(first_->id, TimeSelection{{Ticks{0}, ticksFromSeconds(10)}, {}, {}});
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("show it instead"), std::string::npos);
}

}  // namespace
}  // namespace kinescore
