// The timeline as a screen reader has it.
#include <QAccessible>

#include "engine/request/build_request.h"
#include "tests/support/takes.h"
#include "tests/ui/main_window_fixture.h"
#include "tests/ui/timeline_view_fixture.h"
#include "ui/document/clip_adding.h"
#include "ui/panels/takes_panel.h"
#include "ui/panels/top_bar.h"
#include "ui/panels/view_panel.h"

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

TEST_F(TimelineAccessTest, AKeySaysByHowMuchTheShownTakeMissesIt) {
  const ObjectId poses = fixture_.track(TrackKind::Pose);
  fixture_.addPrompt(0, 10, "walk");
  session().playback().seekFrame(214);
  ASSERT_TRUE(session().pinPose());
  addTargetAt(session(), poses, ticksFromSeconds(4), kLeftHand);
  QAccessibleInterface* track = childNamed(top(), QStringLiteral("Poses track"));
  // A take whose figure stands 2.1 cm aside of the pose at its time.
  const auto asked = buildRequest(session().timeline(), {});
  ASSERT_TRUE(asked.ok());
  GeneratedMotion made;
  Motion motion;
  motion.resize(300);
  for (std::int64_t f = 0; f < 300; ++f) {
    Pose pose = asked->poses.at(0).pose;
    pose.rootPosition.x += f == 214 ? 0.021f : 0.f;
    motion.setPose(f, pose);
  }
  made.motion = std::make_shared<const Motion>(motion);
  session().takes().add(makeTake(*asked, made, nullptr, 1), true);
  EXPECT_EQ(nameOf(track->child(0)), QStringLiteral("Target of left hand at frame 120"));
  EXPECT_EQ(nameOf(track->child(1)), QStringLiteral("Pose at frame 214, missed by 2.1 centimetres"));
  // Moved it is another wish, that this take knows nothing of.
  const std::vector<ObjectId> ids{session().timeline().clipsOf(poses)[1]->id};
  session().document().edit(QStringLiteral("Move"), moveClips(session().timeline(), ids, ticksFromSeconds(-1)));
  EXPECT_EQ(nameOf(track->child(1)), QStringLiteral("Pose at frame 184"));
}

TEST_F(TimelineAccessTest, TheTimeSelectionIsReadMadeAnewAndCleared) {
  const int before = top()->childCount();
  session().selection().setTime(TimeSelection{{ticksOfFrame(118, kEngineRate), ticksOfFrame(182, kEngineRate)},
                                              ticksOfFrame(8, kEngineRate), ticksOfFrame(14, kEngineRate)});
  ASSERT_EQ(top()->childCount(), before + 1);
  QAccessibleInterface* time = childNamed(top(), QStringLiteral("Time selection"));
  ASSERT_NE(time, nullptr);
  EXPECT_EQ(nameOf(time), QStringLiteral("Time selection, hold 118 to 181, falloffs 8 and 14"));
  EXPECT_EQ(top()->indexOfChild(time), before);
  EXPECT_EQ(time->rect().left(), view_.mapToGlobal(QPoint(view_.xOf(ticksOfFrame(110, kEngineRate)), 0)).x());
  int wanted = 0;
  QObject::connect(&view_, &TimelineView::regenerateWanted, [&] { ++wanted; });
  act(time, "regenerate");
  EXPECT_EQ(wanted, 1);
  act(time, "clear");
  EXPECT_FALSE(session().selection().time().has_value());
  EXPECT_EQ(top()->childCount(), before);
}

class WindowAccessTest : public MainWindowTest {
 protected:
  static QString nameOf(const QAccessibleInterface* what) { return what->text(QAccessible::Name); }
};

TEST_F(WindowAccessTest, TakesAreAListWithWhatCanBeDoneToThem) {
  session().takes().add(takeOf(1, 6), true);
  auto part = std::make_shared<Take>(*takeOf(2, 7));
  part->range = FrameRange{110, 196};
  part->result.report.lines.push_back({true, "Left heel slides 1.8 cm", "", 30});
  session().takes().add(part, true);
  QCoreApplication::processEvents();
  auto* rows = window_->findChild<TakeRows*>();
  QAccessibleInterface* list = QAccessible::queryAccessibleInterface(rows);
  ASSERT_NE(list, nullptr);
  EXPECT_EQ(list->role(), QAccessible::List);
  ASSERT_EQ(list->childCount(), 2);
  QAccessibleInterface* newest = list->child(0);
  EXPECT_EQ(newest->role(), QAccessible::ListItem);
  EXPECT_EQ(nameOf(newest), QStringLiteral("Take 7, frames 110 to 195, 2 notes, shown"));
  EXPECT_EQ(nameOf(list->child(1)), QStringLiteral("Take 6, whole range, 1 note"));
  EXPECT_EQ(list->indexOfChild(list->child(1)), 1);
  const QPoint second = list->child(1)->rect().center();
  EXPECT_EQ(list->childAt(second.x(), second.y()), list->child(1));
  list->child(1)->actionInterface()->doAction(QStringLiteral("compare"));
  EXPECT_EQ(session().comparedTake(), session().takes().takes()[0]);
  EXPECT_EQ(nameOf(list->child(1)), QStringLiteral("Take 6, whole range, 1 note, compared"));
  list->child(1)->actionInterface()->doAction(QStringLiteral("compare"));
  EXPECT_EQ(session().comparedTake(), nullptr);
  list->child(1)->actionInterface()->doAction(QStringLiteral("keep"));
  EXPECT_TRUE(session().takes().takes()[0]->starred);
  list->child(1)->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
  EXPECT_EQ(nameOf(list->child(1)), QStringLiteral("Take 6, whole range, 1 note, kept, shown"));
  newest->actionInterface()->doAction(QStringLiteral("delete"));
  EXPECT_EQ(list->childCount(), 1);
  EXPECT_FALSE(newest->isValid());
}

TEST_F(WindowAccessTest, GenerateSaysItsStateAndTheViewItsFrame) {
  GenerateButton* button = window_->topBar().generateButton();
  QAccessibleInterface* generate = QAccessible::queryAccessibleInterface(button);
  EXPECT_EQ(generate->role(), QAccessible::Button);
  EXPECT_EQ(nameOf(generate), QStringLiteral("Generate"));
  button->setState(GenerateButton::State::Working, 0.45);
  EXPECT_EQ(nameOf(generate), QStringLiteral("Generating, 45 percent"));
  EXPECT_EQ(generate->actionInterface()->actionNames(), QStringList{QStringLiteral("cancel")});
  button->setState(GenerateButton::State::Generate);
  addPrompt("walk");
  const std::size_t before = session().takes().takes().size();
  generate->actionInterface()->doAction(QAccessibleActionInterface::pressAction());
  ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() > before; }));

  session().playback().seekFrame(128);
  QAccessibleInterface* view = QAccessible::queryAccessibleInterface(&window_->view().viewport());
  EXPECT_EQ(view->role(), QAccessible::Graphic);
  EXPECT_EQ(nameOf(view), QStringLiteral("Viewport, frame 128"));
  view->actionInterface()->doAction(QStringLiteral("side"));
  EXPECT_EQ(window_->view().viewport().view(), ViewportView::Side);
}

}  // namespace
}  // namespace kinescore
