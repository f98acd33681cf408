// What the mouse does on the timeline beyond the first moves: markers, scaling, slipping, sliding,
// ripple, other tracks, the edges of the canvas, and giving up.
#include <QSignalSpy>

#include "tests/ui/timeline_view_fixture.h"
#include "ui/document/edit_commands.h"

namespace kinescore {
namespace {

class TimelineGesturesTest : public TimelineViewTest {
 protected:
  int steps() { return session().document().undoStack().count(); }
  void undo() { session().document().undoStack().undo(); }
  int xAt(double seconds) const { return view_.xOf(ticksFromSeconds(seconds)); }
  ObjectId addMarkerAt(double seconds) {
    session().playback().seek(ticksFromSeconds(seconds));
    addMarkerAtPlayhead(session());
    session().playback().seek(ticksFromSeconds(9));
    return session().timeline().markers().back()->id;
  }
  Marker markerOf(ObjectId id) { return std::get<Marker>(*session().timeline().findObject(id)); }
  ObjectId addTrackOf(TrackKind kind) {
    session().document().edit(QStringLiteral("Add"), addTrack(session().timeline(), session().document().ids(), kind, "More"));
    return session().timeline().tracks().back()->id;
  }
  ObjectId addTo(ObjectId track, double from, double to, Condition condition) {
    Clip clip;
    clip.trackId = track;
    clip.span = {ticksFromSeconds(from), ticksFromSeconds(to)};
    clip.condition = std::move(condition);
    const auto patch = addClip(session().timeline(), session().document().ids(), clip);
    session().document().edit(QStringLiteral("Add"), patch);
    return patch->changes.front().id;
  }
  void expectSpan(ObjectId clip, double from, double to) {
    EXPECT_NEAR(secondsOf(spanOf(clip).start), from, 0.04);
    EXPECT_NEAR(secondsOf(spanOf(clip).end), to, 0.04);
  }
};

TEST_F(TimelineGesturesTest, AMarkerIsJumpedToByAClickAndMovedByADrag) {
  const ObjectId marker = addMarkerAt(3);
  QTest::mouseClick(&view_, Qt::LeftButton, Qt::NoModifier, view_.markerRect(marker).center());
  EXPECT_EQ(session().playback().frame(), 90);
  const int before = steps();
  session().playback().seekFrame(0);
  const QPoint from = view_.markerRect(marker).center();
  drag(from, from + QPoint(100, 0));
  EXPECT_NEAR(secondsOf(markerOf(marker).time), 3 + 100 / view_.axis().pixelsPerSecond, 0.04);
  EXPECT_EQ(steps(), before + 1);
  undo();
  EXPECT_EQ(markerOf(marker).time, ticksFromSeconds(3));
}

TEST_F(TimelineGesturesTest, ADoubleClickRenamesAMarkerAndATrack) {
  const ObjectId marker = addMarkerAt(3), track = fixture_.track(TrackKind::Text);
  QTest::mouseDClick(&view_, Qt::LeftButton, Qt::NoModifier, view_.markerRect(marker).center());
  auto* editor = view_.findChild<QLineEdit*>(QStringLiteral("markerEditor"));
  ASSERT_NE(editor, nullptr);
  QTest::keyClicks(editor, QStringLiteral("Corner"));
  QTest::keyClick(editor, Qt::Key_Return);
  EXPECT_EQ(markerOf(marker).name, "Corner");

  QTest::mouseDClick(&view_, Qt::LeftButton, Qt::NoModifier, {70, view_.rowRect(track).center().y()});
  editor = view_.findChild<QLineEdit*>(QStringLiteral("trackEditor"));
  ASSERT_NE(editor, nullptr);
  QTest::keyClicks(editor, QStringLiteral("Courier"));
  QTest::keyClick(editor, Qt::Key_Return);
  EXPECT_EQ(session().timeline().findTrack(track)->name, "Courier");
}

TEST_F(TimelineGesturesTest, AMarkerIsDrawnInItsColour) {
  const ObjectId marker = addMarkerAt(3);
  const QPoint at = view_.markerRect(marker).center();
  setMarkerColor(session(), marker, 2);
  EXPECT_EQ(view_.grab().toImage().pixelColor(at), labelColor(2, {}));
  undo();
  EXPECT_EQ(view_.grab().toImage().pixelColor(at), colorOf(tokens().kAudio));
}

TEST_F(TimelineGesturesTest, ThePlayheadIsTakenByItsFlag) {
  session().playback().seek(ticksFromSeconds(2));
  drag({xAt(2), 12}, {xAt(5), 12});
  EXPECT_NEAR(double(session().playback().frame()), 150, 1.5);
  EXPECT_FALSE(session().selection().time().has_value());
}

TEST_F(TimelineGesturesTest, OneClickInTheRulersHeaderChangesHowTimeIsShown) {
  for (const TimeDisplay display : {TimeDisplay::Seconds, TimeDisplay::Timecode, TimeDisplay::Frames}) {
    QTest::mouseClick(&view_, Qt::LeftButton, Qt::NoModifier, view_.displayButton().center());
    EXPECT_EQ(view_.timeDisplay(), display);
  }
}

TEST_F(TimelineGesturesTest, SeveralClipsAreScaledByTheTabsOfTheirBracket) {
  const ObjectId a = fixture_.addPrompt(1, 3, "walk"), b = fixture_.addPrompt(4, 5, "run");
  session().selection().selectClip(a);
  EXPECT_TRUE(view_.scaleTab(true).isNull());
  session().selection().selectClips({a, b});
  const int before = steps();
  drag(view_.scaleTab(true).center(), {xAt(9), view_.scaleTab(true).center().y()});
  expectSpan(a, 1, 5);
  expectSpan(b, 7, 9);
  EXPECT_EQ(steps(), before + 1);

  drag(view_.scaleTab(false).center(), {xAt(5), view_.scaleTab(false).center().y()});
  expectSpan(a, 5, 7);
  expectSpan(b, 8, 9);
  undo();
  undo();
  expectSpan(a, 1, 3);
}

TEST_F(TimelineGesturesTest, AltShiftSlipsWhatPlaysInAClip) {
  const ObjectId track = addTrackOf(TrackKind::Reference);
  const ObjectId clip = addTo(track, 2, 5, ReferenceCondition{"walk-01", ticksFromSeconds(2), 1, false, false});
  const QPoint from = middleOf(clip);
  const int pixels = int(view_.axis().pixelsPerSecond);
  drag(from, from + QPoint(pixels, 0), Qt::AltModifier | Qt::ShiftModifier);
  expectSpan(clip, 2, 5);
  EXPECT_NEAR(secondsOf(std::get<ReferenceCondition>(session().timeline().findClip(clip)->condition).inPoint), 1, 0.04);

  view_.setTool(DragTool::Slip);  // the same without keys
  drag(from, from - QPoint(pixels, 0));
  EXPECT_NEAR(secondsOf(std::get<ReferenceCondition>(session().timeline().findClip(clip)->condition).inPoint), 2, 0.07);
  expectSpan(clip, 2, 5);
}

TEST_F(TimelineGesturesTest, AltCtrlSlidesAClipBetweenItsNeighbours) {
  const ObjectId left = fixture_.addPrompt(0, 3, "walk"), middle = fixture_.addPrompt(3, 5, "hop"),
                 right = fixture_.addPrompt(5, 8, "run");
  const QPoint from = middleOf(middle);
  const int before = steps();
  drag(from, from + QPoint(xAt(4) - xAt(3), 0), Qt::AltModifier | Qt::ControlModifier);
  expectSpan(left, 0, 4);
  expectSpan(middle, 4, 6);
  expectSpan(right, 6, 8);
  EXPECT_EQ(steps(), before + 1);
}

TEST_F(TimelineGesturesTest, InRippleModeMovesAndTrimsTakeAlongWhatFollows) {
  const ObjectId a = fixture_.addPrompt(0, 2, "walk"), b = fixture_.addPrompt(2, 4, "run"), c = fixture_.addPrompt(5, 6, "hop");
  view_.setRippling(true);
  QPoint from = middleOf(b);
  drag(from, from + QPoint(xAt(1) - xAt(0), 0));
  expectSpan(a, 0, 2);
  expectSpan(b, 3, 5);
  expectSpan(c, 6, 7);

  const QRect rect = view_.rectOf(b);
  drag({rect.right() - 1, rect.center().y()}, {xAt(4), rect.center().y()});
  expectSpan(b, 3, 4);
  expectSpan(c, 5, 6);

  view_.setRippling(false);
  from = middleOf(b);
  drag(from, from - QPoint(xAt(1) - xAt(0), 0));
  expectSpan(b, 2, 3);
  expectSpan(c, 5, 6);
}

TEST_F(TimelineGesturesTest, AClipIsDraggedOntoAnotherTrackOfItsKindOnly) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  const ObjectId from = fixture_.track(TrackKind::Text), to = addTrackOf(TrackKind::Text);
  const ObjectId poses = fixture_.track(TrackKind::Pose);
  const auto trackOf = [&] { return session().timeline().findClip(clip)->trackId; };
  const int before = steps();
  drag(middleOf(clip), {middleOf(clip).x(), view_.rowRect(poses).center().y()});
  EXPECT_EQ(trackOf(), from);
  drag(middleOf(clip), {middleOf(clip).x() + 200, view_.rowRect(to).center().y()});
  EXPECT_EQ(trackOf(), to);
  EXPECT_GT(spanOf(clip).start, ticksFromSeconds(2));
  EXPECT_EQ(steps(), before + 1);

  // Along one axis: Shift during the drag keeps the time.
  const TimeRange span = spanOf(clip);
  const QPoint at = middleOf(clip), there(at.x() + 9, view_.rowRect(from).center().y());
  press(at);
  moveTo(at - QPoint(0, 12), Qt::ShiftModifier);
  moveTo(there, Qt::ShiftModifier);
  release(there, Qt::ShiftModifier);
  EXPECT_EQ(trackOf(), from);
  EXPECT_EQ(spanOf(clip), span);
}

TEST_F(TimelineGesturesTest, ABoxAddsWithShiftAndTakesAwayWithCtrl) {
  const ObjectId a = fixture_.addPrompt(1, 2, "walk"), b = fixture_.addPrompt(3, 4, "run"), c = fixture_.addPrompt(8, 9, "hop");
  session().selection().selectClips({a, c});
  const int y = view_.rowRect(fixture_.track(TrackKind::Text)).bottom() - 1;
  const auto box = [&](double from, double to, Qt::KeyboardModifiers modifiers) {
    drag({xAt(from), y + 60}, {xAt(to), y - 20}, modifiers);
  };
  box(2.5, 5, Qt::ShiftModifier);
  EXPECT_EQ(session().selection().clips(), (std::set<ObjectId>{a, b, c}));
  box(0.5, 5, Qt::ControlModifier);
  EXPECT_EQ(session().selection().clips(), (std::set<ObjectId>{c}));
}

TEST_F(TimelineGesturesTest, TheCanvasScrollsByItselfAtItsEdgesAndTheDragGoesOn) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  const Ticks left = view_.axis().left;
  const QPoint edge(view_.width() - 4, middleOf(clip).y());
  press(middleOf(clip));
  moveTo(edge - QPoint(100, 0));
  moveTo(edge);
  const Ticks start = spanOf(clip).start;
  ASSERT_TRUE(waitUntil([&] { return view_.axis().left > left + ticksFromSeconds(1); }));
  EXPECT_GT(spanOf(clip).start, start + ticksFromSeconds(0.5));
  QTest::keyClick(&view_, Qt::Key_Escape);
  EXPECT_EQ(spanOf(clip).start, ticksFromSeconds(1));
  const Ticks stopped = view_.axis().left;
  QTest::qWait(60);
  EXPECT_EQ(view_.axis().left, stopped);
  release(edge);
}

/// Where a drag begins that Esc must undo without a trace.
TEST_F(TimelineGesturesTest, EscapeGivesUpEveryDrag) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk"), other = fixture_.addPrompt(3, 6, "run");
  const ObjectId marker = addMarkerAt(7);
  session().selection().selectClips({clip, other});
  TimeSelection time{{ticksFromSeconds(4), ticksFromSeconds(6)}, ticksFromSeconds(0.3), ticksFromSeconds(0.3)};
  session().selection().setTime(time);
  session().selection().selectClips({clip, other});
  const std::string before = session().timeline().contentHash();
  const int stepsBefore = steps();
  const Ticks playhead = session().playback().position(), left = view_.axis().left;
  const QRect rect = view_.rectOf(clip);
  const int below = view_.rowRect(fixture_.track(TrackKind::Path)).bottom() + 40;
  struct Case {
    const char* what;
    QPoint at;
    Qt::KeyboardModifiers modifiers = Qt::NoModifier;
  };
  const Case cases[] = {{"move", rect.center()},
                        {"copy", rect.center(), Qt::AltModifier},
                        {"slide", rect.center(), Qt::AltModifier | Qt::ControlModifier},
                        {"trim start", {rect.left() + 1, rect.center().y()}},
                        {"trim end", {rect.right() - 1, rect.center().y()}},
                        {"scale", view_.scaleTab(true).center()},
                        {"marker", view_.markerRect(marker).center()},
                        {"scrub", {xAt(2), 27}},
                        {"flag", {xAt(9), 12}},
                        {"range", {xAt(10), 2}},
                        {"hold", {xAt(4), 12}},
                        {"falloff", {xAt(6.3), 20}},
                        {"selection", {xAt(5), 12}},
                        {"box", {xAt(1), below}}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    press(c.at, c.modifiers);
    moveTo(c.at + QPoint(-30, 0), c.modifiers);
    moveTo(c.at + QPoint(-55, 0), c.modifiers);
    EXPECT_TRUE(view_.isInGesture());
    QTest::keyClick(&view_, Qt::Key_Escape);
    release(c.at + QPoint(-55, 0));
    EXPECT_FALSE(view_.isInGesture());
    EXPECT_EQ(session().timeline().contentHash(), before);
    EXPECT_EQ(steps(), stepsBefore);
    EXPECT_EQ(session().playback().position(), playhead);
    EXPECT_EQ(session().selection().time(), time);
    EXPECT_EQ(view_.axis().left, left);
  }
}

TEST_F(TimelineGesturesTest, AJoinIsDraggedByItsNumber) {
  const ObjectId a = fixture_.addPrompt(1, 4, "walk"), b = fixture_.addPrompt(3, 6, "run");
  const QRect chip = view_.joinRect(a, b);
  ASSERT_FALSE(chip.isEmpty());
  const int before = steps();
  drag(chip.center(), chip.center() + QPoint(xAt(1) - xAt(0), 0));
  expectSpan(a, 1, 4.5);
  expectSpan(b, 2.5, 6);
  EXPECT_EQ(steps(), before + 1);
  EXPECT_TRUE(session().selection().clips().empty());
}

TEST_F(TimelineGesturesTest, ATrackIsDraggedByItsHeaderAsOneStep) {
  const auto tracks = session().timeline().tracks();
  ASSERT_GE(tracks.size(), 3u);
  const ObjectId first = tracks[0]->id, last = tracks[2]->id;
  const int before = steps();
  drag({100, view_.rowRect(first).center().y()}, {100, view_.rowRect(last).bottom() - 2});
  EXPECT_EQ(session().timeline().tracks()[2]->id, first);
  EXPECT_EQ(session().timeline().tracks()[1]->id, last);
  EXPECT_EQ(steps(), before + 1);
  undo();
  EXPECT_EQ(session().timeline().tracks()[0]->id, first);
  // A click alone selects it.
  QTest::mouseClick(&view_, Qt::LeftButton, Qt::NoModifier, {100, view_.rowRect(last).center().y()});
  EXPECT_EQ(session().selection().track(), last);
}

TEST_F(TimelineGesturesTest, BoxSelectBeginsAlsoOnAClip) {
  const ObjectId a = fixture_.addPrompt(1, 4, "walk"), b = fixture_.addPrompt(5, 6, "run");
  const TimeRange span = spanOf(a);
  view_.startBoxSelect();
  const int y = middleOf(a).y();
  drag({xAt(2), y - 4}, {xAt(5.5), y + 4});
  EXPECT_EQ(session().selection().clips(), (std::set<ObjectId>{a, b}));
  EXPECT_EQ(spanOf(a), span);
  drag(middleOf(b), middleOf(b) + QPoint(60, 0));  // only the one drag
  EXPECT_NE(spanOf(a), span);
}

TEST_F(TimelineGesturesTest, OnlyWhatIsChosenIsSnappedTo) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  const ObjectId marker = addMarkerAt(5.02);  // between two frames of what follows
  const auto dragNear = [&] {
    const QPoint from = middleOf(clip);
    drag(from, {from.x() + view_.xOf(markerOf(marker).time) - view_.xOf(spanOf(clip).start) - 5, from.y()});
    const bool met = spanOf(clip).start == markerOf(marker).time;
    undo();
    return met;
  };
  EXPECT_TRUE(dragNear());
  SnapTargets targets;
  targets.markers = false;
  view_.setSnapTargets(targets);
  EXPECT_FALSE(dragNear());
}

TEST_F(TimelineGesturesTest, AnEdgeSnapsToTheBeatsOfATypedTempo) {
  const ObjectId sound = addTrackOf(TrackKind::Audio);
  addTo(sound, 0, 8, AudioCondition{"drums.wav", {}, 70, 0.1});
  const ObjectId clip = fixture_.addPrompt(1, 2, "walk");
  const Ticks beat = ticksFromSeconds(0.1 + 3 * 60.0 / 70);
  const QPoint from = middleOf(clip);
  press(from);
  moveTo(from + QPoint(30, 0));
  moveTo({from.x() + view_.xOf(beat) - xAt(1) + 3, from.y()});
  EXPECT_EQ(spanOf(clip).start, beat);
  release(from);
}

TEST_F(TimelineGesturesTest, AMarkerIsRenamedByADoubleClickThoughTheFirstClickPutsTheFlagOverIt) {
  const ObjectId marker = addMarkerAt(3);
  const QPoint at = view_.markerRect(marker).center();
  QTest::mouseClick(&view_, Qt::LeftButton, Qt::NoModifier, at);
  EXPECT_EQ(session().playback().frame(), 90);
  QTest::mouseDClick(&view_, Qt::LeftButton, Qt::NoModifier, at);
  auto* editor = view_.findChild<QLineEdit*>(QStringLiteral("markerEditor"));
  ASSERT_NE(editor, nullptr);
  QTest::keyClicks(editor, QStringLiteral("Corner"));
  QTest::keyClick(editor, Qt::Key_Return);
  EXPECT_EQ(markerOf(marker).name, "Corner");
}

TEST_F(TimelineGesturesTest, WhileAClipIsDraggedItsNumberStandsAboveItAndAnOutlineWhereItLay) {
  const ObjectId clip = fixture_.addPrompt(1, 3, "walk");
  const QRect before = view_.rectOf(clip);
  press(before.center());
  moveTo(before.center() + QPoint(60, 0));
  moveTo(before.center() + QPoint(120, 0));
  const QRect now = view_.rectOf(clip);
  EXPECT_GT(now.left(), before.left());
  ASSERT_FALSE(view_.dragChipRect().isEmpty());
  EXPECT_FALSE(view_.dragChipRect().intersects(now));
  EXPECT_LT(view_.dragChipRect().bottom(), now.top());
  EXPECT_GE(view_.dragChipRect().top(), 0);
  ASSERT_EQ(view_.cameFrom().size(), 1u);
  EXPECT_EQ(view_.cameFrom().front(), before);
  release(before.center() + QPoint(120, 0));
  EXPECT_TRUE(view_.cameFrom().empty());
  EXPECT_TRUE(view_.dragChipRect().isEmpty());
  // A copy leaves its original where it is.
  const QPoint from = view_.rectOf(clip).center();
  press(from, Qt::AltModifier);
  moveTo(from + QPoint(200, 0), Qt::AltModifier);
  EXPECT_TRUE(view_.cameFrom().empty());
  release(from + QPoint(200, 0), Qt::AltModifier);
}

TEST_F(TimelineGesturesTest, TheChipOfAJoinLeavesTheNameFreeAndStaysInItsLane) {
  session().playback().seek(Ticks{0});
  const ObjectId a = fixture_.addPrompt(0, 2, "walk");
  const ObjectId b = addTo(fixture_.track(TrackKind::Text), 1.9, 5, TextCondition{"mmmmmmmmmm", BodyPart::Whole});
  for (int i = 0; i < 200 && view_.joinRect(a, b).isEmpty(); ++i) {
    view_.zoomBy(1.02);  // until the chip has just room
  }
  ASSERT_FALSE(view_.joinRect(a, b).isEmpty());
  const auto joinPicture = [&](const char* words) {
    Clip clip = *session().timeline().findClip(b);
    clip.condition = TextCondition{words, BodyPart::Whole};
    session().document().edit(QStringLiteral("Words"), changeClip(session().timeline(), clip));
    const QRect rect = view_.rectOf(b);
    const int end = view_.xOf(spanOf(a).end);
    return view_.grab(QRect(QPoint(rect.left(), rect.top()), QPoint(end, rect.bottom()))).toImage();
  };
  ASSERT_GE(view_.rectOf(a).left(), 0);
  EXPECT_EQ(joinPicture("mmmmmmmmmm"), joinPicture("i")) << "the name begins behind the join";
  for (const int height : {0, 1, 2}) {
    Track track = *session().timeline().findTrack(fixture_.track(TrackKind::Text));
    track.height = height;
    session().document().edit(QStringLiteral("Height"), changeTrack(session().timeline(), track));
    const QRect chip = view_.joinRect(a, b), clip = view_.rectOf(b);
    ASSERT_FALSE(chip.isEmpty()) << height;
    EXPECT_GE(chip.top(), clip.top()) << height;
    EXPECT_LE(chip.bottom(), clip.bottom()) << height;
  }
}

TEST_F(TimelineGesturesTest, ALowPathTrackShowsItsSpeedsAsALineWithoutWords) {
  const ObjectId track = addTrackOf(TrackKind::Path);
  const auto pathOf = [](float meters) {
    PathCondition path;
    path.points = {{Ticks{0}, glm::vec2(0), {}}, {ticksFromSeconds(4), glm::vec2(meters, 0), {}}};
    return path;
  };
  session().playback().seek(ticksFromSeconds(9));
  const ObjectId clip = addTo(track, 1, 5, pathOf(4));
  const auto picture = [&](float meters) {
    Clip changed = *session().timeline().findClip(clip);
    changed.condition = pathOf(meters);
    session().document().edit(QStringLiteral("Path"), changeClip(session().timeline(), changed));
    return view_.grab(view_.rowRect(track)).toImage();
  };
  EXPECT_NE(picture(4), picture(8)) << "at the usual height the speed is written";
  Track low = *session().timeline().findTrack(track);
  low.height = 0;
  session().document().edit(QStringLiteral("Height"), changeTrack(session().timeline(), low));
  EXPECT_EQ(picture(4), picture(8));
}

TEST_F(TimelineGesturesTest, APromptWithPinnedClipsHasASign) {
  session().playback().seek(ticksFromSeconds(9));
  const ObjectId clip = fixture_.addPrompt(1, 4, "walk");
  const QImage before = view_.grab(view_.rectOf(clip)).toImage();
  session().setWishes({{{"sneak", std::nullopt, "walk"}}, {}});
  const QImage pinned = view_.grab(view_.rectOf(clip)).toImage();
  EXPECT_NE(pinned, before);
  session().setWishes({{{"sneak", std::nullopt, "run"}}, {}});
  EXPECT_EQ(view_.grab(view_.rectOf(clip)).toImage(), before);
}

}  // namespace
}  // namespace kinescore
