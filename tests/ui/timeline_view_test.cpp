#include <gtest/gtest.h>

#include <QLineEdit>
#include <QSignalSpy>

#include "tests/ui/timeline_view_fixture.h"

namespace kinescore {
namespace {

TEST_F(TimelineViewTest, AClickOnAnEmptyTrackWritesAPromptInPlaceAsOneStep) {
  const ObjectId track = fixture_.track(TrackKind::Text);
  const QPoint at = pointAt(track, 2);
  QTest::mouseClick(&view_, Qt::LeftButton, Qt::NoModifier, at);
  ASSERT_TRUE(view_.isEditingName());
  auto* editor = view_.findChild<QLineEdit*>(QStringLiteral("promptEditor"));
  ASSERT_NE(editor, nullptr);
  QTest::keyClicks(editor, QStringLiteral("waves to a friend"));
  QTest::keyClick(editor, Qt::Key_Return);

  const auto& clips = session().timeline().clipsOf(track);
  ASSERT_EQ(clips.size(), 1u);
  EXPECT_EQ(fixture_.promptOf(clips[0]->id), "waves to a friend");
  EXPECT_NEAR(secondsOf(clips[0]->span.start), 2, 0.05);
  EXPECT_EQ(session().document().undoStack().count(), 1);
  session().document().undoStack().undo();
  EXPECT_TRUE(session().timeline().clipsOf(track).empty());
}

TEST_F(TimelineViewTest, EscapeWhileNamingANewPromptTakesItAway) {
  const ObjectId track = fixture_.track(TrackKind::Text);
  QTest::mouseClick(&view_, Qt::LeftButton, Qt::NoModifier, pointAt(track, 2));
  auto* editor = view_.findChild<QLineEdit*>(QStringLiteral("promptEditor"));
  ASSERT_NE(editor, nullptr);
  QTest::keyClicks(editor, QStringLiteral("half a tho"));
  QTest::keyClick(editor, Qt::Key_Escape);

  EXPECT_TRUE(session().timeline().clipsOf(track).empty());
  EXPECT_EQ(session().document().undoStack().count(), 0);
}

TEST_F(TimelineViewTest, ADoubleClickRenames) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  QTest::mouseDClick(&view_, Qt::LeftButton, Qt::NoModifier, middleOf(clip));
  auto* editor = view_.findChild<QLineEdit*>(QStringLiteral("promptEditor"));
  ASSERT_NE(editor, nullptr);
  editor->selectAll();
  QTest::keyClicks(editor, QStringLiteral("run"));
  QTest::keyClick(editor, Qt::Key_Return);
  EXPECT_EQ(fixture_.promptOf(clip), "run");
}

TEST_F(TimelineViewTest, DraggingTheBodyMovesAndStaysOnWholeFrames) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  const QPoint from = middleOf(clip);
  drag(from, from + QPoint(173, 0));

  const TimeRange span = spanOf(clip);
  EXPECT_EQ(span.length(), ticksFromSeconds(2));
  EXPECT_NEAR(secondsOf(span.start), 1 + 173 / view_.axis().pixelsPerSecond, 0.03);
  EXPECT_EQ(span.start, ticksOfFrame(nearestFrame(span.start, kEngineRate), kEngineRate));
  EXPECT_EQ(session().document().undoStack().count(), 2);
}

TEST_F(TimelineViewTest, DraggingTheEdgesTrims) {
  const ObjectId clip = fixture_.addPrompt(2, 5, "walk");
  const QRect rect = view_.rectOf(clip);
  drag({rect.right() - 1, rect.center().y()}, {rect.right() + 99, rect.center().y()});
  EXPECT_EQ(spanOf(clip).start, ticksFromSeconds(2));
  EXPECT_NEAR(secondsOf(spanOf(clip).end), 5 + 100 / view_.axis().pixelsPerSecond, 0.04);

  drag({rect.left() + 1, rect.center().y()}, {rect.left() + 51, rect.center().y()});
  EXPECT_NEAR(secondsOf(spanOf(clip).start), 2 + 50 / view_.axis().pixelsPerSecond, 0.04);
}

TEST_F(TimelineViewTest, AnEdgeSnapsToItsNeighbour) {
  const ObjectId left = fixture_.addPrompt(1, 3, "walk");
  const ObjectId right = fixture_.addPrompt(5, 7, "run");
  const QRect rect = view_.rectOf(right);
  const int gap = view_.xOf(ticksFromSeconds(5)) - view_.xOf(ticksFromSeconds(3));
  drag(rect.center(), rect.center() - QPoint(gap - 4, 0));
  EXPECT_EQ(spanOf(right).start, spanOf(left).end);

  // Control: no snapping, whole frames only.
  drag(view_.rectOf(right).center(), view_.rectOf(right).center() + QPoint(gap, 0));
  const QPoint from = view_.rectOf(right).center();
  press(from);
  moveTo(from - QPoint(20, 0), Qt::ControlModifier);
  moveTo(from - QPoint(gap - 4, 0), Qt::ControlModifier);
  release(from - QPoint(gap - 4, 0), Qt::ControlModifier);
  EXPECT_NE(spanOf(right).start, spanOf(left).end);
}

TEST_F(TimelineViewTest, AltDragCopies) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  const QPoint from = middleOf(clip);
  drag(from, from + QPoint(400, 0), Qt::AltModifier);

  EXPECT_EQ(session().timeline().clipsOf(fixture_.track(TrackKind::Text)).size(), 2u);
  EXPECT_EQ(spanOf(clip).start, ticksFromSeconds(1));
  session().document().undoStack().undo();
  EXPECT_EQ(session().timeline().clipsOf(fixture_.track(TrackKind::Text)).size(), 1u);
}

TEST_F(TimelineViewTest, EscapeGivesUpADrag) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  const std::string before = session().timeline().contentHash();
  const QPoint from = middleOf(clip);
  press(from);
  moveTo(from + QPoint(60, 0));
  moveTo(from + QPoint(200, 0));
  EXPECT_NE(session().timeline().contentHash(), before);
  QTest::keyClick(&view_, Qt::Key_Escape);
  release(from + QPoint(200, 0));

  EXPECT_EQ(session().timeline().contentHash(), before);
  EXPECT_FALSE(view_.isInGesture());
}

TEST_F(TimelineViewTest, AKeyIsMovedByItsDot) {
  session().playback().seekFrame(60);
  ASSERT_TRUE(session().pinPose());
  const ObjectId key = *session().selection().singleClip();
  session().playback().seekFrame(0);
  const QPoint from = middleOf(key);
  drag(from, from + QPoint(100, 0));
  EXPECT_NEAR(secondsOf(spanOf(key).start), 2 + 100 / view_.axis().pixelsPerSecond, 0.04);
}

TEST_F(TimelineViewTest, DraggingOverTheRulerSelectsTimeWithFalloffs) {
  drag({view_.xOf(ticksFromSeconds(3)), 12}, {view_.xOf(ticksFromSeconds(5)), 12});
  ASSERT_TRUE(session().selection().time().has_value());
  TimeSelection time = *session().selection().time();
  EXPECT_NEAR(secondsOf(time.hold.start), 3, 0.05);
  EXPECT_NEAR(secondsOf(time.hold.end), 5, 0.05);
  EXPECT_GT(time.falloffIn, Ticks{0});

  // A falloff is dragged by its circle, the hold stays.
  const int edge = view_.xOf(time.span().end);
  drag({edge, 21}, {edge + 60, 21});
  const TimeSelection wider = *session().selection().time();
  EXPECT_EQ(wider.hold, time.hold);
  EXPECT_GT(wider.falloffOut, time.falloffOut);
}

TEST_F(TimelineViewTest, TheNumbersMoveThePlayhead) {
  press({view_.xOf(ticksFromSeconds(4)), 30});
  moveTo({view_.xOf(ticksFromSeconds(6)), 30});
  release({view_.xOf(ticksFromSeconds(6)), 30});
  EXPECT_NEAR(double(session().playback().frame()), 180, 1.5);
}

TEST_F(TimelineViewTest, HeaderSwitchesMuteSoloAndLock) {
  const ObjectId track = fixture_.track(TrackKind::Text);
  using Zone = TimelineHit::Zone;
  for (const Zone zone : {Zone::HeaderMute, Zone::HeaderSolo, Zone::HeaderLock}) {
    QTest::mouseClick(&view_, Qt::LeftButton, Qt::NoModifier, view_.headerButton(track, zone).center());
  }
  const auto now = session().timeline().findTrack(track);
  EXPECT_TRUE(now->muted && now->soloed && now->locked);
}

TEST_F(TimelineViewTest, ALockedTrackRefusesWithASentence) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  const ObjectId track = fixture_.track(TrackKind::Text);
  QTest::mouseClick(&view_, Qt::LeftButton, Qt::NoModifier,
                    view_.headerButton(track, TimelineHit::Zone::HeaderLock).center());
  QSignalSpy problems(&session(), &Session::problem);
  const QPoint from = middleOf(clip);
  drag(from, from + QPoint(150, 0));
  EXPECT_EQ(spanOf(clip).start, ticksFromSeconds(1));
  EXPECT_EQ(problems.count(), 1);  // said once, not at every pixel
}

TEST_F(TimelineViewTest, ABoxSelectsOverTracks) {
  const ObjectId a = fixture_.addPrompt(1, 2, "walk");
  const ObjectId b = fixture_.addPrompt(3, 4, "run");
  const ObjectId c = fixture_.addPrompt(8, 9, "jump");
  const int y = view_.rowRect(fixture_.track(TrackKind::Text)).bottom() - 1;
  drag({view_.xOf(ticksFromSeconds(0.2)), y + 60}, {view_.xOf(ticksFromSeconds(5)), y - 20});
  EXPECT_TRUE(session().selection().contains(a));
  EXPECT_TRUE(session().selection().contains(b));
  EXPECT_FALSE(session().selection().contains(c));
}

TEST_F(TimelineViewTest, ZoomKeepsTheTimeUnderThePointer) {
  const QPointF at(700, 120);
  const Ticks before = view_.axis().timeAt(at.x() - view_.xOf(view_.axis().left));
  QWheelEvent wheel(at, view_.mapToGlobal(at), {}, {0, 360}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
  QApplication::sendEvent(&view_, &wheel);
  const Ticks after = view_.axis().timeAt(at.x() - view_.xOf(view_.axis().left));
  EXPECT_NEAR(secondsOf(before), secondsOf(after), 1e-4);
}

/// A timeline with `count` prompts of a second, one after another, as fast as patches allow.
void fillWithPrompts(SessionFixture& fixture, int count) {
  TimelinePatch patch;
  const ObjectId track = fixture.track(TrackKind::Text);
  for (int i = 0; i < count; ++i) {
    Clip clip;
    clip.id = {std::uint64_t(10'000 + i)};
    clip.trackId = track;
    clip.span = {ticksFromSeconds(i), ticksFromSeconds(i + 1)};
    clip.condition = TextCondition{"walk", BodyPart::Whole};
    patch.changes.push_back({clip.id, std::nullopt, TimelineObject{clip}});
  }
  ASSERT_TRUE(fixture.session->document().edit(QStringLiteral("Fill"), patch));
}

TEST_F(TimelineViewTest, PaintingCostDoesNotGrowWithClipsThatAreNotInSight) {
  fillWithPrompts(fixture_, 100);
  view_.fitAll();
  view_.repaint();
  const PaintCounters few = view_.counters();
  {
    SessionFixture many;
    TimelineView wide(*many.session);
    wide.resize(1294, 374);
    wide.show();
    QCoreApplication::processEvents();
    fillWithPrompts(many, 20'000);
    wide.fitAll();
    wide.repaint();
    EXPECT_EQ(wide.counters().items, few.items);
    EXPECT_EQ(wide.counters().texts, few.texts);
    EXPECT_EQ(wide.counters().runs, few.runs);
  }
}

TEST_F(TimelineViewTest, ZoomedOutTheCostFollowsPixelsNotClips) {
  TimelineSettings settings = session().timeline().settings();
  settings.duration = ticksFromSeconds(20'000);
  session().document().edit(QStringLiteral("Length"), changeSettings(session().timeline(), settings));
  fillWithPrompts(fixture_, 20'000);
  view_.fitAll();
  view_.repaint();
  const int canvas = view_.width() - view_.xOf(view_.axis().left);
  EXPECT_LE(view_.counters().items + view_.counters().runs, canvas);
  EXPECT_GT(view_.counters().runs, 0);
  EXPECT_LT(view_.counters().shapes, 3 * canvas);
}

TEST_F(TimelineViewTest, AMovingPlayheadDoesNotPaintTheTracksAgain) {
  fillWithPrompts(fixture_, 50);
  view_.repaint();
  const int made = view_.counters().staticPaints;
  for (int frame = 1; frame < 30; ++frame) {
    session().playback().seekFrame(frame);
    QCoreApplication::processEvents();
  }
  EXPECT_EQ(view_.counters().staticPaints, made);
}

TEST_F(TimelineViewTest, ASecondRatioPaintsAtItsOwnResolution) {
  fixture_.addPrompt(1, 3, "walk");
  const QPixmap picture = view_.grab();
  EXPECT_EQ(picture.size(), view_.size() * picture.devicePixelRatio());
}

}  // namespace
}  // namespace kinescore
