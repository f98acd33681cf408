// T16–T18: tracks and markers.
#include "engine/core/files.h"
#include "tests/support/sounds.h"
#include "tests/ui/expectations_fixture.h"
#include "ui/document/clip_adding.h"
#include "ui/panels/view_panel.h"
#include "ui/theme/tokens.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {
namespace {

using Zone = TimelineHit::Zone;

TEST_F(Expectations, T16_AHeaderHasNameColourMuteSoloLockFoldAndHeight) {
  const ObjectId id = track(TrackKind::Text);
  const auto now = [&] { return *session().timeline().findTrack(id); };
  const int y = view().rowRect(id).center().y();
  const QRect header(0, view().rowRect(id).top(), measure::kTrackHeaders, view().rowRect(id).height());
  QImage last = picture(header);
  const auto changesPicture = [&](const char* what) {
    const QImage next = picture({0, view().rowRect(id).top(), measure::kTrackHeaders, view().rowRect(id).height()});
    EXPECT_NE(next, last) << what;
    last = next;
  };
  doubleClick({80, y});
  type(QStringLiteral("Courier"));
  key(Qt::Key_Return);
  EXPECT_EQ(now().name, "Courier");
  changesPicture("name");
  EXPECT_TRUE(rightClick({80, y}).contains(QStringLiteral("Colour")));
  setTrackColor(session(), id, 2);
  changesPicture("colour");
  for (const auto& [zone, what] : {std::pair{Zone::HeaderMute, "mute"}, {Zone::HeaderSolo, "solo"}, {Zone::HeaderLock, "lock"}}) {
    click(view().headerButton(id, zone).center());
    moveTo({xOf(100), 5}, {}, Qt::NoButton);
    changesPicture(what);
  }
  EXPECT_TRUE(now().muted && now().soloed && now().locked);
  const int height = view().rowRect(id).height();
  const QPoint edge{80, view().rowRect(id).bottom()};
  drag(edge, edge + QPoint(0, 40));
  EXPECT_EQ(now().height, 2);
  EXPECT_GT(view().rowRect(id).height(), height);
  click({14, view().rowRect(id).center().y()});
  EXPECT_TRUE(now().folded);
  EXPECT_LT(view().rowRect(id).height(), height);
}

TEST_F(Expectations, T16_MuteTakesOutOfTheSolveAndOfTheViewAndSoloMutesTheOthersOfItsKind) {
  const ObjectId words = prompt(0, 90, "walk"), pose = poseAt(60);
  const auto more = addTrack(session().timeline(), session().document().ids(), TrackKind::Text, "More");
  const ObjectId second = more->changes.front().id;
  session().document().edit(QStringLiteral("Add"), more);
  addTo(second, {at(0), at(90)}, TextCondition{"wave"});
  const auto asked = [&] {
    generate();
    return session().takes().shown()->request;
  };
  EXPECT_EQ(asked().texts.size(), 2u);
  EXPECT_EQ(window_->view().ghostClips(), std::vector<ObjectId>{pose});

  click(view().headerButton(track(TrackKind::Pose), Zone::HeaderMute).center());
  EXPECT_TRUE(window_->view().ghostClips().empty());
  EXPECT_TRUE(asked().poses.empty());
  click(view().headerButton(track(TrackKind::Pose), Zone::HeaderMute).center());
  EXPECT_EQ(window_->view().ghostClips(), std::vector<ObjectId>{pose});

  click(view().headerButton(second, Zone::HeaderSolo).center());
  const GenerationRequest solo = asked();
  ASSERT_EQ(solo.texts.size(), 1u);
  EXPECT_EQ(solo.texts[0].prompt, "wave");
  EXPECT_EQ(solo.poses.size(), 1u);  // another kind is not touched
  EXPECT_EQ(wordsOf(words), "walk");
}

TEST_F(Expectations, T16_WhatIsLockedIsNotChangedByAccident) {
  const ObjectId words = prompt(30, 90, "walk"), pose = poseAt(60);
  for (const TrackKind kind : {TrackKind::Text, TrackKind::Pose}) {
    click(view().headerButton(track(kind), Zone::HeaderLock).center());
  }
  session().selection().selectNothing();
  const std::string before = session().timeline().contentHash();
  const QRect rect = view().rectOf(words);
  drag(rect.center(), rect.center() + QPoint(80, 0));
  drag({rect.right() - 1, rect.center().y()}, {rect.right() + 60, rect.center().y()});
  drag(middleOf(pose), middleOf(pose) + QPoint(50, 0));
  click(pointOn(track(TrackKind::Text), 200));
  click(pointOn(track(TrackKind::Pose), 200));
  for (const ObjectId id : {words, pose}) {
    session().selection().selectClip(id);
    key(Qt::Key_Delete);
    key(Qt::Key_Delete, Qt::ShiftModifier);
    key(Qt::Key_X, Qt::ControlModifier);
    key(Qt::Key_K, Qt::ControlModifier);
    key(Qt::Key_BracketLeft);
  }
  playback().seekFrame(60);
  doubleClick(middleOf(words));
  EXPECT_FALSE(view().isEditingName());
  EXPECT_EQ(session().timeline().contentHash(), before);
}

TEST_F(Expectations, T17_TheOrderIsFreeAndSavedAndSoundAndVideoAreClipsWithNameAndLength) {
  // Sound and video come as clips as long as they play.
  const std::filesystem::path sound = folder_.path() / "drums.wav";
  ASSERT_TRUE(saveFileSafely(sound, clickWav(3, 120)).ok());
  ASSERT_TRUE(addMediaAt(session(), {}, at(30), sound).has_value());
  const ObjectId audio = track(TrackKind::Audio);
  ASSERT_EQ(session().timeline().clipsOf(audio).size(), 1u);
  const auto made = session().timeline().clipsOf(audio)[0];
  EXPECT_EQ(framesOf(made->id), (FrameRange{30, 120}));
  EXPECT_EQ(clipTitle(*made), QStringLiteral("drums.wav"));
  session().selection().selectNothing();
  const QRect rect = view().rectOf(made->id);
  EXPECT_GT(differing(picture(rect), picture(rect.translated(rect.width() + 20, 0))), 100);

  const std::size_t count = session().timeline().tracks().size();
  const auto order = [&] {
    std::vector<ObjectId> ids;
    for (const auto& track : session().timeline().tracks()) {
      ids.push_back(track->id);
    }
    return ids;
  };
  std::vector<ObjectId> wanted = order();
  drag({100, view().rowRect(audio).center().y()}, {100, view().rowRect(wanted.front()).top() + 3});
  std::rotate(wanted.begin(), wanted.end() - 1, wanted.end());
  EXPECT_EQ(order(), wanted);
  drag({100, view().rowRect(wanted[1]).center().y()}, {100, view().rowRect(wanted.back()).bottom() - 2});
  std::rotate(wanted.begin() + 1, wanted.begin() + 2, wanted.end());
  EXPECT_EQ(order(), wanted);
  // Heights are free as well, and all of it comes back.
  setAllTrackHeights(session(), 2);
  const std::filesystem::path file = folder_.path() / "order.kinescore";
  ASSERT_TRUE(session().saveAs(file).ok());
  session().newProject();
  ASSERT_TRUE(window_->openProject(file));
  EXPECT_EQ(order(), wanted);
  EXPECT_EQ(order().size(), count);
  EXPECT_EQ(session().timeline().findTrack(audio)->height, 2);
}

TEST_F(Expectations, T18_MarkersHaveNamesAndColoursAreJumpedToMovedAndSnappedTo) {
  playback().seekFrame(90);
  key(Qt::Key_M);
  ASSERT_EQ(session().timeline().markers().size(), 1u);
  const ObjectId id = session().timeline().markers()[0]->id;
  const auto now = [&] { return std::get<Marker>(*session().timeline().findObject(id)); };
  key(Qt::Key_M);  // again on it: its name
  type(QStringLiteral("Corner"));
  key(Qt::Key_Return);
  EXPECT_EQ(now().name, "Corner");
  playback().seekFrame(0);
  moveTo({xOf(200), 200}, {}, Qt::NoButton);
  const QImage usual = picture(view().markerRect(id));
  setMarkerColor(session(), id, 2);
  EXPECT_GT(differing(picture(view().markerRect(id)), usual), 10);

  click(view().markerRect(id).center());
  EXPECT_EQ(playback().frame(), 90);
  playback().seekFrame(0);
  const QPoint from = view().markerRect(id).center();
  drag(from, from + QPoint(xOf(150) - xOf(90), 0));
  EXPECT_NEAR(double(nearestFrame(now().time, session().rate())), 150, 1.1);

  const ObjectId words = prompt(10, 40, "walk");
  const QPoint body = middleOf(words);
  drag(body, body + QPoint(view().xOf(now().time) - xOf(10) - 4, 0));
  EXPECT_EQ(spanOf(words).start, now().time);
}

}  // namespace
}  // namespace kinescore
