// T19–T21: moving about and playing.
#include <QPushButton>

#include "tests/ui/expectations_fixture.h"
#include "ui/panels/view_panel.h"

namespace kinescore {
namespace {

TEST_F(Expectations, T19_TheWheelZoomsAtTheMouseMiddleDragPansAndFitsFit) {
  const ObjectId words = prompt(60, 90, "walk");
  const QPoint over(xOf(200), 150);
  const auto under = [&] { return secondsOf(view().axis().timeAt(over.x() - view().xOf(view().axis().left))); };
  const double before = under(), zoom = view().axis().pixelsPerSecond;
  for (const int notches : {3, 2, -1}) {
    wheel(over, notches);
    EXPECT_NEAR(under(), before, 1e-3);
  }
  EXPECT_GT(view().axis().pixelsPerSecond, zoom * 1.5);
  Ticks left = view().axis().left;
  wheel(over, -2, Qt::ShiftModifier);
  EXPECT_GT(view().axis().left, left);

  left = view().axis().left;
  QTest::mousePress(&view(), Qt::MiddleButton, Qt::NoModifier, over);
  moveTo(over - QPoint(100, 0), {}, Qt::MiddleButton);
  QTest::mouseRelease(&view(), Qt::MiddleButton, Qt::NoModifier, over - QPoint(100, 0));
  EXPECT_NEAR(secondsOf(view().axis().left - left), 100 / view().axis().pixelsPerSecond, 0.01);

  key(Qt::Key_A);
  EXPECT_LE(xOf(300), view().width());
  EXPECT_GT(xOf(300), view().width() * 3 / 4);
  click(middleOf(words));
  key(Qt::Key_F);
  EXPECT_GT(view().rectOf(words).width(), view().width() / 3);
  EXPECT_TRUE(view().rect().contains(view().rectOf(words)));
  // The same by the slider and by keys.
  const double fitted = view().axis().pixelsPerSecond;
  key(Qt::Key_Minus, Qt::ControlModifier);
  EXPECT_LT(view().axis().pixelsPerSecond, fitted);
}

TEST_F(Expectations, T20_ScrubbingUpdatesTheViewBeforeAnythingElseHappens) {
  prompt(0, 200, "walk");
  generate();
  auto* field = find<FrameField>("timecode");
  press({xOf(20), 32});
  for (int frame = 25; frame < 220; frame += 13) {
    moveTo({xOf(frame), 32});
    // No event loop ran in between: the same picture shows both.
    EXPECT_NEAR(double(playback().frame()), frame, 1.1);
    EXPECT_EQ(window_->view().frameShown(), playback().frame());
    EXPECT_EQ(field->frame(), playback().frame());
  }
  release({xOf(220), 32});
  EXPECT_FALSE(playback().isPlaying());
}

TEST_F(Expectations, T21_PlayingSpeedsAndWhatHappensAtTheEnds) {
  QPushButton* speed = nullptr;
  for (QPushButton* button : window_->findChildren<QPushButton*>()) {
    speed = button->accessibleName() == QStringLiteral("Speed") ? button : speed;
  }
  ASSERT_NE(speed, nullptr);
  QStringList offered;
  for (const QAction* entry : speed->menu()->actions()) {
    offered << entry->text();
  }
  EXPECT_EQ(offered.first(), QStringLiteral("0.1×"));
  EXPECT_TRUE(offered.contains(QStringLiteral("1×")));
  EXPECT_TRUE(offered.contains(QStringLiteral("4×")));
  window_->action("4×")->trigger();
  key(Qt::Key_Space);
  EXPECT_EQ(playback().speed(), 4);
  key(Qt::Key_Space);
  window_->action("1×")->trigger();

  playback().seekFrame(150);
  key(Qt::Key_J);
  EXPECT_EQ(playback().speed(), -1);
  key(Qt::Key_J);
  EXPECT_EQ(playback().speed(), -2);
  key(Qt::Key_K);
  EXPECT_FALSE(playback().isPlaying());
  key(Qt::Key_L);
  key(Qt::Key_L);
  key(Qt::Key_L);
  EXPECT_EQ(playback().speed(), 4);
  // With K held they step.
  QTest::keyPress(&view(), Qt::Key_K);
  EXPECT_FALSE(playback().isPlaying());
  playback().seekFrame(150);
  key(Qt::Key_L);
  key(Qt::Key_L);
  EXPECT_EQ(playback().frame(), 152);
  key(Qt::Key_J);
  EXPECT_EQ(playback().frame(), 151);
  EXPECT_FALSE(playback().isPlaying());
  QTest::keyRelease(&view(), Qt::Key_K);
  key(Qt::Key_L);
  EXPECT_EQ(playback().speed(), 1);
  key(Qt::Key_K);

  for (const auto& [name, repeat] : {std::pair{"Play Once", Playback::Repeat::Once}, {"Ping-Pong", Playback::Repeat::PingPong},
                                     {"Loop", Playback::Repeat::Loop}}) {
    window_->action(name)->trigger();
    EXPECT_EQ(playback().repeat(), repeat);
  }
}

/// A clock that is turned by hand.
class T21Playback : public testing::Test {
 protected:
  T21Playback() : playback_([this] { return now_; }) {
    testApplication();
    playback_.setTimeline({{0}, ticksFromSeconds(10)}, ticksFromSeconds(10), {30, 1});
    QObject::connect(&playback_, &Playback::positionChanged, [this] { frames_.push_back(playback_.frame()); });
  }
  void after(double seconds) {
    now_ += std::int64_t(seconds * 1e9);
    playback_.tick();
  }
  std::int64_t now_ = 0;
  Playback playback_;
  std::vector<std::int64_t> frames_;
};

TEST_F(T21Playback, T21_RealTimeDropsFramesAndNeverSlowsDown) {
  playback_.play();
  for (int i = 0; i < 10; ++i) {
    after(0.2);  // a slow screen: every sixth frame is seen
  }
  EXPECT_NEAR(secondsOf(playback_.position()), 2, 0.01);
  EXPECT_LE(frames_.size(), 10u);
}

TEST_F(T21Playback, T21_EveryFrameIsShownWhenAskedForHoweverSlowTheScreenIs) {
  playback_.setShowsEveryFrame(true);
  playback_.play();
  for (int i = 0; i < 10; ++i) {
    after(0.2);
  }
  EXPECT_EQ(frames_, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  // A fast screen does not make it faster than the speed asked for.
  frames_.clear();
  for (int i = 0; i < 100; ++i) {
    after(0.005);
  }
  EXPECT_NEAR(double(frames_.size()), 15, 1.1);
  // Backwards, too, and round the ends.
  playback_.pause();
  playback_.seekFrame(2);
  frames_.clear();
  playback_.shuttle(-1);
  for (int i = 0; i < 4; ++i) {
    after(0.1);
  }
  EXPECT_EQ(frames_, (std::vector<std::int64_t>{1, 0, 299, 298}));
}

}  // namespace
}  // namespace kinescore
