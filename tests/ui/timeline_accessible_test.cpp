// The timeline as a screen reader has it.
#include <QAccessible>

#include "tests/ui/timeline_view_fixture.h"
#include "ui/document/clip_adding.h"

namespace kinescore {
namespace {

class TimelineAccessTest : public TimelineViewTest {
 protected:
  QAccessibleInterface* top() { return QAccessible::queryAccessibleInterface(&view_); }
  /// The child of a role with a name that begins so.
  static QAccessibleInterface* childNamed(QAccessibleInterface* parent, const QString& beginning) {
    for (int i = 0; i < parent->childCount(); ++i) {
      if (parent->child(i)->text(QAccessible::Name).startsWith(beginning)) {
        return parent->child(i);
      }
    }
    return nullptr;
  }
  static QString nameOf(const QAccessibleInterface* what) { return what->text(QAccessible::Name); }
  static void act(QAccessibleInterface* on, const char* action) {
    ASSERT_NE(on->actionInterface(), nullptr);
    EXPECT_TRUE(on->actionInterface()->actionNames().contains(QLatin1String(action)));
    EXPECT_FALSE(on->actionInterface()->localizedActionName(QLatin1String(action)).isEmpty());
    on->actionInterface()->doAction(QLatin1String(action));
  }
};

TEST_F(TimelineAccessTest, ThePlayheadIsASliderOfFrames) {
  session().playback().seekFrame(128);
  QAccessibleInterface* playhead = childNamed(top(), QStringLiteral("Playhead"));
  ASSERT_NE(playhead, nullptr);
  EXPECT_EQ(playhead->role(), QAccessible::Slider);
  EXPECT_EQ(nameOf(playhead), QStringLiteral("Playhead, frame 128 of 300"));
  EXPECT_EQ(playhead->parent(), top());
  QAccessibleValueInterface* value = playhead->valueInterface();
  ASSERT_NE(value, nullptr);
  EXPECT_EQ(value->currentValue().toInt(), 128);
  EXPECT_EQ(value->maximumValue().toInt(), 299);
  value->setCurrentValue(40);
  EXPECT_EQ(session().playback().frame(), 40);
}

TEST_F(TimelineAccessTest, TracksAreListsOfTheirClips) {
  const ObjectId late = fixture_.addPrompt(5, 6, "turns"), early = fixture_.addPrompt(1, 3, "leaps over the gap");
  QAccessibleInterface* track = childNamed(top(), QStringLiteral("Text track"));
  ASSERT_NE(track, nullptr);
  EXPECT_EQ(track->role(), QAccessible::List);
  EXPECT_EQ(nameOf(track), QStringLiteral("Text track, 2 clips, not muted"));
  ASSERT_EQ(track->childCount(), 2);
  QAccessibleInterface* clip = track->child(0);  // in the order of time
  EXPECT_EQ(clip->role(), QAccessible::ListItem);
  EXPECT_EQ(nameOf(clip), QStringLiteral("Text clip, leaps over the gap, frames 30 to 89, strength 1.0"));
  EXPECT_EQ(track->indexOfChild(clip), 0);
  EXPECT_EQ(track->child(1)->parent(), track);
  EXPECT_EQ(clip->rect().topLeft(), view_.mapToGlobal(view_.rectOf(early).topLeft()));
  const QPoint at = view_.mapToGlobal(middleOf(late));
  EXPECT_EQ(top()->childAt(at.x(), at.y()), track->child(1));
  EXPECT_FALSE(clip->state().selected);
  session().selection().selectClip(early);
  EXPECT_TRUE(clip->state().selected);
}

TEST_F(TimelineAccessTest, WhatCanBeDoneToTracksAndClipsIsDone) {
  const ObjectId prompt = fixture_.addPrompt(1, 3, "walk");
  QAccessibleInterface* track = childNamed(top(), QStringLiteral("Text track"));
  ASSERT_NE(track, nullptr);
  act(track, "mute");
  EXPECT_EQ(nameOf(track), QStringLiteral("Text track, 1 clip, muted"));
  act(track, "lock");
  EXPECT_TRUE(session().timeline().findTrack(fixture_.track(TrackKind::Text))->locked);
  act(track, "lock");
  act(track, "fold");
  EXPECT_TRUE(session().timeline().findTrack(fixture_.track(TrackKind::Text))->folded);

  QAccessibleInterface* clip = track->child(0);
  act(clip, "mute");
  EXPECT_TRUE(nameOf(clip).endsWith(QStringLiteral(", muted")));
  session().playback().seek(ticksFromSeconds(2));
  act(clip, "split");
  EXPECT_EQ(track->childCount(), 2);
  act(clip, "delete");
  EXPECT_EQ(track->childCount(), 1);
  EXPECT_FALSE(clip->isValid());
  EXPECT_EQ(nameOf(clip), QString());
  EXPECT_EQ(session().timeline().findClip(prompt), nullptr);
}

TEST_F(TimelineAccessTest, KeysSayWhatTheyAreAndWhere) {
  const ObjectId poses = fixture_.track(TrackKind::Pose);
  session().playback().seekFrame(60);
  ASSERT_TRUE(session().pinPose());
  addTargetAt(session(), poses, ticksFromSeconds(4), kLeftHand);
  QAccessibleInterface* track = childNamed(top(), QStringLiteral("Poses track"));
  ASSERT_NE(track, nullptr);
  ASSERT_EQ(track->childCount(), 2);
  EXPECT_EQ(nameOf(track->child(0)), QStringLiteral("Pose at frame 60"));
  EXPECT_EQ(nameOf(track->child(1)), QStringLiteral("Target of left hand at frame 120"));
  act(track->child(0), "Press");
  EXPECT_EQ(session().playback().frame(), 60);
  const auto pose = session().timeline().clipsOf(poses)[0];
  session().document().edit(QStringLiteral("Hold"), holdKey(session().timeline(), pose->id, ticksFromSeconds(3)));
  EXPECT_EQ(nameOf(track->child(0)), QStringLiteral("Pose held from frame 60 to 89"));
}

TEST_F(TimelineAccessTest, WhatIsSelectedIsTheFocusOfTheTimeline) {
  EXPECT_EQ(top()->focusChild(), nullptr);
  const ObjectId prompt = fixture_.addPrompt(1, 3, "walk");
  session().selection().selectClip(prompt);
  ASSERT_NE(top()->focusChild(), nullptr);
  EXPECT_EQ(nameOf(top()->focusChild()), QStringLiteral("Text clip, walk, frames 30 to 89, strength 1.0"));
  session().selection().selectTrack(fixture_.track(TrackKind::Path));
  EXPECT_EQ(nameOf(top()->focusChild()), QStringLiteral("Path track, 0 clips, not muted"));
}

}  // namespace
}  // namespace kinescore
