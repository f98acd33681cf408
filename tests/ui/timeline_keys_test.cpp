// Dots that become bars, and the lower edges of headers.
#include <QMenu>

#include "engine/request/build_request.h"
#include "tests/support/takes.h"
#include "tests/ui/timeline_view_fixture.h"
#include "ui/document/edit_commands.h"
#include "ui/timeline/timeline_menu.h"

namespace kinescore {
namespace {

using Zone = TimelineHit::Zone;

class TimelineKeysTest : public TimelineViewTest {
 protected:
  ObjectId pinAt(double seconds) {
    session().playback().seek(ticksFromSeconds(seconds));
    EXPECT_TRUE(session().pinPose());
    session().playback().seekFrame(0);
    return *session().selection().singleClip();
  }
  /// What a key is pulled by.
  QPoint handleOf(ObjectId key) {
    const QRect dot = view_.rectOf(key);
    return {std::max(dot.center().x() + 12, view_.xOf(spanOf(key).end) + 3), dot.center().y()};
  }
  QPoint by(double seconds) { return {view_.xOf(ticksFromSeconds(seconds)) - view_.xOf({0}), 0}; }
  int steps() { return session().document().undoStack().count(); }
  double heldSeconds(ObjectId key) { return secondsOf(spanOf(key).length()); }
  std::shared_ptr<const Clip> clip(ObjectId id) { return session().timeline().findClip(id); }
  /// Shows a take that strikes the first pose all the time, but stands aside of it at frame 120.
  void showTake(int number, float aside) {
    const auto asked = buildRequest(session().timeline(), {});
    ASSERT_TRUE(asked.ok());
    Motion motion;
    motion.resize(300);
    for (std::int64_t f = 0; f < 300; ++f) {
      Pose pose = asked->poses.at(0).pose;
      pose.rootPosition.x += f == 120 ? aside : 0.f;
      motion.setPose(f, pose);
    }
    GeneratedMotion made;
    made.motion = std::make_shared<const Motion>(motion);
    session().takes().add(makeTake(*asked, made, nullptr, number), true);
    QCoreApplication::processEvents();
  }
  /// Pixels in the colour of warnings from `left` to `right` of a key's middle.
  int warningPixels(ObjectId key, int left, int right) {
    const QPoint middle = view_.rectOf(key).center();
    const QImage picture = view_.grab(QRect(middle + QPoint(left, -9), QSize(right - left, 18))).toImage();
    int count = 0;
    for (int y = 0; y < picture.height(); ++y) {
      for (int x = 0; x < picture.width(); ++x) {
        const QColor color = picture.pixelColor(x, y);
        count += color.red() > 140 && color.red() - color.blue() > 90;
      }
    }
    return count;
  }
};

TEST_F(TimelineKeysTest, T8_ADotIsPulledIntoAHoldAndBack) {
  const ObjectId key = pinAt(2);
  const Ticks start = spanOf(key).start;
  const int before = steps();
  EXPECT_EQ(view_.hitAt(handleOf(key)).zone, Zone::HoldEndOfKey);
  drag(handleOf(key), handleOf(key) + by(1.5));
  EXPECT_EQ(spanOf(key).start, start);
  EXPECT_NEAR(heldSeconds(key), 1.5, 0.15);
  EXPECT_EQ(spanOf(key).end, ticksOfFrame(nearestFrame(spanOf(key).end, kEngineRate), kEngineRate));
  EXPECT_EQ(steps(), before + 1);

  // Its end is pulled further, and back into a dot.
  drag(handleOf(key), handleOf(key) + by(1));
  EXPECT_NEAR(heldSeconds(key), 2.5, 0.2);
  drag(handleOf(key), handleOf(key) - by(4));
  EXPECT_EQ(spanOf(key).length(), Ticks{1});
  session().document().undoStack().undo();
  EXPECT_NEAR(heldSeconds(key), 2.5, 0.2);
}

TEST_F(TimelineKeysTest, T8_AHoldStopsAtTheNextPoseAndEscGivesItUp) {
  const ObjectId key = pinAt(2), next = pinAt(4);
  const std::string hash = session().timeline().contentHash();
  const QPoint from = handleOf(key);
  press(from);
  moveTo(from + by(1));
  moveTo(from + by(5));
  EXPECT_EQ(spanOf(key).end, spanOf(next).start);
  QTest::keyClick(&view_, Qt::Key_Escape);
  release(from + by(5));
  EXPECT_EQ(session().timeline().contentHash(), hash);
}

TEST_F(TimelineKeysTest, T8_TheBodyOfADotStillMovesIt) {
  const ObjectId key = pinAt(2);
  drag(middleOf(key), middleOf(key) + by(1));
  EXPECT_NEAR(secondsOf(spanOf(key).start), 3, 0.05);
  EXPECT_EQ(spanOf(key).length(), Ticks{1});
}

TEST_F(TimelineKeysTest, T8_TheMenuHoldsSeveralKeysAsOneStep) {
  const ObjectId a = pinAt(2), b = pinAt(4);
  session().selection().selectClips({a, b});
  const int before = steps();
  const auto choose = [&](const QString& name) {
    QMenu menu;
    fillTimelineMenu(menu, session(), view_, view_.hitAt(middleOf(a)), {0});
    for (QAction* entry : menu.actions()) {
      if (entry->text() == name) {
        entry->trigger();
        return true;
      }
    }
    return false;
  };
  ASSERT_TRUE(choose(QStringLiteral("Make Hold")));
  EXPECT_DOUBLE_EQ(heldSeconds(a), 0.5);
  EXPECT_DOUBLE_EQ(heldSeconds(b), 0.5);
  EXPECT_EQ(steps(), before + 1);
  ASSERT_TRUE(choose(QStringLiteral("Make Single")));
  EXPECT_EQ(spanOf(a).length(), Ticks{1});
}

TEST_F(TimelineKeysTest, T8_AHeldPoseIsAskedForAllItsTime) {
  const ObjectId key = pinAt(2);
  drag(handleOf(key), handleOf(key) + by(1));
  const auto request = buildRequest(session().timeline(), {});
  ASSERT_TRUE(request.ok());
  EXPECT_GE(request->poses.size(), 28u);

  // The take knows how long it was held.
  const auto isStale = [&] { return session().isStale(*session().timeline().findClip(key)); };
  ASSERT_TRUE(fixture_.generateAndWait());
  EXPECT_FALSE(isStale());
  drag(handleOf(key), handleOf(key) + by(1));
  EXPECT_TRUE(isStale());
  session().document().undoStack().undo();
  EXPECT_FALSE(isStale());
  session().selection().selectClip(key);
  holdSelectedKeys(session(), Ticks{0});
  EXPECT_TRUE(isStale());
}

TEST_F(TimelineKeysTest, AMissedKeyHasARingAndItsDistanceUntilItIsChanged) {
  fixture_.addPrompt(0, 10, "walk");
  const ObjectId key = pinAt(4), next = pinAt(4.4);
  session().selection().selectNothing();
  showTake(1, 0);
  EXPECT_FALSE(missedBy(summarize(*session().takes().shown()), *clip(key)));
  EXPECT_EQ(warningPixels(key, -12, 64), 0);

  showTake(2, 0.021f);
  const Take take = *session().takes().shown();
  const auto off = missedBy(summarize(take), *clip(key));
  ASSERT_TRUE(off);
  EXPECT_NEAR(*off, 0.021, 1e-4);
  EXPECT_EQ(off, missedBy(take, *clip(key))) << "what a screen reader says";
  EXPECT_FALSE(missedBy(summarize(take), *clip(next)));
  Take weak = take;
  weak.request.poses.at(0).strength = 0.5f;
  EXPECT_FALSE(missedBy(summarize(weak), *clip(key))) << "a wish is not missed";
  EXPECT_GT(warningPixels(key, -12, 12), 10) << "the ring";
  EXPECT_EQ(warningPixels(key, 14, 64), 0) << "the next key stands where the number would";

  const std::vector<ObjectId> away{next};
  ASSERT_TRUE(session().document().edit(QStringLiteral("Move"), moveClips(session().timeline(), away, ticksFromSeconds(3))));
  QCoreApplication::processEvents();
  EXPECT_GT(warningPixels(key, 14, 64), 20) << "the number";
  EXPECT_EQ(warningPixels(next, -12, 12), 0);

  // Changed it is another wish, of which this take knows nothing.
  Clip changed = *clip(key);
  std::get<PoseCondition>(changed.condition).toleranceMeters = 0.005f;
  ASSERT_TRUE(session().document().edit(QStringLiteral("Tolerance"), changeClip(session().timeline(), changed)));
  QCoreApplication::processEvents();
  ASSERT_TRUE(session().isStale(*clip(key)));
  EXPECT_EQ(warningPixels(key, -12, 64), 0);
}

TEST_F(TimelineKeysTest, T16_TheLowerEdgeOfAHeaderDragsTheHeightOfItsTrack) {
  const ObjectId track = fixture_.track(TrackKind::Text);
  const auto height = [&] { return session().timeline().findTrack(track)->height; };
  const auto edge = [&] { return QPoint(120, view_.rowRect(track).bottom() - 1); };
  ASSERT_EQ(height(), 1);
  EXPECT_EQ(view_.hitAt(edge()).zone, Zone::HeaderEdge);
  const int before = steps();
  drag(edge(), edge() + QPoint(0, 60));
  EXPECT_EQ(height(), 2);
  EXPECT_EQ(steps(), before + 1);
  drag(edge(), {120, view_.rowRect(track).top()});
  EXPECT_EQ(height(), 0);
  session().document().undoStack().undo();
  EXPECT_EQ(height(), 2);

  // Esc gives it up; a folded track opens when its edge is pulled.
  press(edge());
  moveTo(edge() - QPoint(0, 20));
  moveTo(edge() - QPoint(0, 60));
  EXPECT_NE(height(), 2);
  QTest::keyClick(&view_, Qt::Key_Escape);
  release(edge());
  EXPECT_EQ(height(), 2);
  QTest::mouseClick(&view_, Qt::LeftButton, Qt::NoModifier, {12, view_.rowRect(track).center().y()});
  ASSERT_TRUE(session().timeline().findTrack(track)->folded);
  drag(edge(), edge() + QPoint(0, 16));
  EXPECT_FALSE(session().timeline().findTrack(track)->folded);
  EXPECT_EQ(height(), 1);
}

}  // namespace
}  // namespace kinescore
