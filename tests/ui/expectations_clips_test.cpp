// T6–T15: clips and keys.
#include <QApplication>
#include <QClipboard>
#include <QSignalSpy>
#include <QToolButton>

#include "tests/ui/expectations_fixture.h"
#include "ui/document/clip_adding.h"
#include "ui/theme/tokens.h"

namespace kinescore {
namespace {

TEST_F(Expectations, T6_ClicksAndDragsAddWriteTrimMoveAndCopyWithoutADialog) {
  const ObjectId texts = track(TrackKind::Text);
  click(pointOn(texts, 60));
  type(QStringLiteral("walk"));
  key(Qt::Key_Return);
  ASSERT_EQ(clipsOf(TrackKind::Text).size(), 1u);
  const ObjectId words = clipsOf(TrackKind::Text)[0]->id;
  EXPECT_EQ(wordsOf(words), "walk");
  EXPECT_NEAR(double(framesOf(words).start), 60, 1.1);

  doubleClick(middleOf(words));
  key(Qt::Key_A, Qt::ControlModifier);
  type(QStringLiteral("hop"));
  key(Qt::Key_Return);
  EXPECT_EQ(wordsOf(words), "hop");

  const FrameRange before = framesOf(words);
  QRect rect = view().rectOf(words);
  drag({rect.right() - 1, rect.center().y()}, {xOf(before.end + 30), rect.center().y()});
  EXPECT_EQ(framesOf(words).start, before.start);
  EXPECT_NEAR(double(framesOf(words).end), double(before.end) + 30, 1.1);
  const FrameRange longer = framesOf(words);
  drag(middleOf(words), middleOf(words) + QPoint(xOf(45) - xOf(0), 0));
  EXPECT_EQ(framesOf(words).length(), longer.length());
  EXPECT_NEAR(double(framesOf(words).start), double(longer.start) + 45, 1.1);
  drag(middleOf(words), middleOf(words) + QPoint(xOf(90) - xOf(0), 0), Qt::AltModifier);
  ASSERT_EQ(clipsOf(TrackKind::Text).size(), 2u);
  EXPECT_EQ(wordsOf(clipsOf(TrackKind::Text)[1]->id), "hop");

  for (const QPoint& place : {middleOf(words), pointOn(track(TrackKind::Pose), 200), QPoint(xOf(100), 30), QPoint(80, pointOn(texts, 0).y())}) {
    EXPECT_GE(rightClick(place).size(), 3);
  }
  EXPECT_EQ(rightClick(middleOf(words)).mid(0, 4).join(u' '), QStringLiteral("Edit Split Duplicate Mute"));
  EXPECT_TRUE(rightClick(middleOf(words)).contains(QStringLiteral("Body Part")));
  EXPECT_TRUE(dialogs().isEmpty());
}

TEST_F(Expectations, T7_AnAnchorTakesThePoseOnScreenBeforeAndAfterAnyGeneration) {
  playback().seekFrame(30);
  const Pose onScreen = session().poseAt(playback().position());
  key(Qt::Key_S);
  ASSERT_EQ(clipsOf(TrackKind::Pose).size(), 1u);
  EXPECT_EQ(framesOf(clipsOf(TrackKind::Pose)[0]->id).start, 30);
  EXPECT_EQ(std::get<PoseCondition>(clipsOf(TrackKind::Pose)[0]->condition).pose, onScreen);

  prompt(0, 200, "walk");
  generate();
  playback().seekFrame(100);
  const Pose made = session().poseAt(playback().position());
  EXPECT_NE(made, onScreen);
  key(Qt::Key_S);
  ASSERT_EQ(clipsOf(TrackKind::Pose).size(), 2u);
  EXPECT_EQ(framesOf(clipsOf(TrackKind::Pose)[1]->id).start, 100);
  EXPECT_EQ(std::get<PoseCondition>(clipsOf(TrackKind::Pose)[1]->condition).pose, made);
}

TEST_F(Expectations, T8_DotsAndBarsAndAnAnchorLooksDifferentFromATarget) {
  const ObjectId poses = track(TrackKind::Pose);
  const ObjectId dot = poseAt(60), bar = poseAt(120), left = poseAt(200);
  const auto target = addTargetAt(session(), poses, at(240), kLeftHand);
  ASSERT_TRUE(target.has_value());
  session().document().edit(QStringLiteral("Hold"), holdKey(session().timeline(), bar, at(150)));
  session().selection().selectNothing();
  playback().seekFrame(0);
  const auto around = [&](ObjectId id) { return view().rectOf(id).adjusted(-2, -2, 2, 2); };
  EXPECT_EQ(picture(around(dot)), picture(around(left)));
  EXPECT_GT(differing(picture(around(dot)), picture(around(bar))), 0);
  // Also without colours.
  const auto grey = [&](ObjectId id) { return picture(around(id)).convertToFormat(QImage::Format_Grayscale8); };
  EXPECT_GT(differing(grey(dot), grey(*target)), 8);

  const QRect rect = view().rectOf(dot);
  const QPoint handle(rect.right() + 6, rect.center().y());
  ASSERT_EQ(view().hitAt(handle).zone, TimelineHit::Zone::HoldEndOfKey);
  drag(handle, handle + QPoint(xOf(30) - xOf(0), 0));
  EXPECT_EQ(framesOf(dot).start, 60);
  EXPECT_NEAR(double(framesOf(dot).end), 93, 4);
}

TEST_F(Expectations, T9_PromptsOverlapLeaveHatchedGapsAndNamePartsOfTheBody) {
  const ObjectId a = prompt(0, 90, "walk"), b = prompt(60, 150, "run"), c = prompt(220, 290, "hop");
  EXPECT_TRUE(spanOf(a).overlaps(spanOf(b)));
  EXPECT_FALSE(view().rectOf(a).intersects(view().rectOf(b)));  // each in a lane of its own, both to be read
  const int y = view().rowRect(track(TrackKind::Text)).top() + 8;
  const QRect gap(xOf(155), y, xOf(215) - xOf(155), 20);
  const std::set<QRgb> free = coloursOf(picture(gap));
  EXPECT_TRUE(std::any_of(free.begin(), free.end(), [](QRgb colour) { return qRed(colour) > 45; })) << "no hatching";
  EXPECT_GT(free.size(), coloursOf(picture(gap.translated(0, view().rowRect(track(TrackKind::Path)).top() - y + 4))).size());

  session().selection().selectClip(c);
  QCoreApplication::processEvents();
  const auto parts = find<QWidget>("body part")->findChildren<QToolButton*>();
  ASSERT_EQ(parts.size(), 6);
  for (int part = 0; part < 6; ++part) {
    QTest::mouseClick(parts[part], Qt::LeftButton);
    EXPECT_EQ(std::get<TextCondition>(clip(c)->condition).part, BodyPart(part));
  }
  generate();
  EXPECT_EQ(session().takes().shown()->request.texts.size(), 3u);
}

TEST_F(Expectations, T10_TheLengthOfAJoinIsDrawnShownAsANumberAndDragged) {
  const ObjectId a = prompt(0, 100, "walk"), b = prompt(80, 200, "run");
  const QRect chip = view().joinRect(a, b);
  ASSERT_FALSE(chip.isEmpty());
  const auto length = [&] { return framesOf(a).end - framesOf(b).start; };
  EXPECT_EQ(length(), 20);
  const QImage twenty = picture(chip);
  EXPECT_GT(coloursOf(twenty).size(), 4u);
  drag(chip.center(), chip.center() + QPoint(xOf(10) - xOf(0), 0));
  EXPECT_NEAR(double(length()), 30, 1.1);
  moveTo({xOf(280), chip.center().y()}, {}, Qt::NoButton);
  EXPECT_GT(differing(picture(view().joinRect(a, b)), twenty), 4);  // another number
  EXPECT_EQ(rightClick(view().joinRect(a, b).center(), QStringLiteral("Cut Hard")).size(), 2);
  EXPECT_EQ(length(), 0);
}

TEST_F(Expectations, T11_ABoxOverTracksPicksWhatIsMovedScaledCopiedPastedAndDeleted) {
  const ObjectId a = prompt(30, 60, "walk"), b = prompt(90, 120, "run"), pose = poseAt(70);
  session().selection().selectNothing();
  const int top = view().rowRect(track(TrackKind::Text)).bottom() - 1;
  const int bottom = view().rowRect(track(TrackKind::Pose)).bottom() - 2;
  drag({xOf(20), bottom}, {xOf(75), top - 22});
  EXPECT_EQ(session().selection().clips(), (std::set<ObjectId>{a, pose}));
  drag({xOf(85), bottom}, {xOf(130), top - 22}, Qt::ShiftModifier);
  EXPECT_EQ(session().selection().clips(), (std::set<ObjectId>{a, b, pose}));
  drag({xOf(64), bottom}, {xOf(75), bottom - 20}, Qt::ControlModifier);
  EXPECT_EQ(session().selection().clips(), (std::set<ObjectId>{a, b}));
  click(middleOf(pose), Qt::ShiftModifier);
  EXPECT_EQ(session().selection().clips(), (std::set<ObjectId>{a, b, pose}));

  int before = steps();
  drag(middleOf(a), middleOf(a) + QPoint(xOf(30) - xOf(0), 0));
  EXPECT_EQ(framesOf(a), (FrameRange{60, 90}));
  EXPECT_EQ(framesOf(b), (FrameRange{120, 150}));
  EXPECT_EQ(framesOf(pose).start, 100);
  EXPECT_EQ(steps(), before + 1);
  const QPoint tab = view().scaleTab(true).center();
  drag(tab, {xOf(240), tab.y()});
  EXPECT_NEAR(double(framesOf(b).end), 240, 1.1);
  EXPECT_NEAR(double(framesOf(a).end), 120, 1.1);
  EXPECT_NEAR(double(framesOf(pose).start), 140, 1.1);
  EXPECT_EQ(steps(), before + 2);
  undo();

  key(Qt::Key_C, Qt::ControlModifier);
  playback().seekFrame(200);
  before = steps();
  key(Qt::Key_V, Qt::ControlModifier);
  EXPECT_EQ(clipsOf(TrackKind::Text).size(), 4u);
  EXPECT_EQ(clipsOf(TrackKind::Pose).size(), 2u);
  EXPECT_EQ(framesOf(clipsOf(TrackKind::Text)[2]->id).start, 200);
  EXPECT_EQ(session().selection().clips().size(), 3u);  // what was pasted
  key(Qt::Key_Delete);
  EXPECT_EQ(clipsOf(TrackKind::Text).size(), 2u);
  EXPECT_EQ(clipsOf(TrackKind::Pose).size(), 1u);
  EXPECT_EQ(steps(), before + 2);

  // The second command makes room.
  playback().seekFrame(110);
  key(Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
  EXPECT_EQ(framesOf(b), (FrameRange{210, 240}));
}

TEST_F(Expectations, T12_RippleIsASwitchOffAtFirstAndRippleDeleteClosesTheGap) {
  const ObjectId a = prompt(0, 30, "walk"), b = prompt(30, 60, "run"), c = prompt(90, 120, "hop");
  auto* button = find<QToolButton>("ripple");
  EXPECT_FALSE(view().isRippling());
  EXPECT_FALSE(button->isChecked());
  drag(middleOf(b), middleOf(b) + QPoint(xOf(20) - xOf(0), 0), Qt::ControlModifier);
  EXPECT_EQ(framesOf(c).start, 90);
  undo();
  click(middleOf(b));
  key(Qt::Key_Delete);
  EXPECT_EQ(framesOf(c).start, 90);
  undo();
  click(middleOf(b));
  key(Qt::Key_Delete, Qt::ShiftModifier);
  EXPECT_EQ(framesOf(c), (FrameRange{60, 90}));
  EXPECT_EQ(framesOf(a), (FrameRange{0, 30}));
  undo();
  QTest::mouseClick(button, Qt::LeftButton);
  EXPECT_TRUE(view().isRippling());
  EXPECT_TRUE(window_->action("Ripple Mode")->isChecked());
}

TEST_F(Expectations, T13_SnappingIsASwitchWithAMenuAModifierTurnsItOffAndAGuideIsShown) {
  QTest::mouseClick(find<QToolButton>("snap"), Qt::LeftButton);
  EXPECT_FALSE(view().isSnapping());
  view().setFocus();
  key(Qt::Key_N);
  EXPECT_TRUE(view().isSnapping());
  QStringList targets;
  for (const QAction* entry : find<QToolButton>("snap menu")->menu()->actions()) {
    targets << entry->text();
  }
  EXPECT_EQ(targets.join(u','), QStringLiteral("Playhead,Clip Edges,Poses and Targets,Markers,Play Range,Beats"));

  const ObjectId a = prompt(20, 60, "walk"), b = prompt(100, 140, "run");
  const QPoint from = middleOf(b), to = from - QPoint(xOf(100) - xOf(60) - 4, 0);
  const auto guide = [&] {
    const QImage now = picture({xOf(60) - 1, view().height() - 24, 3, 20});
    const QRgb accent = colorOf(tokens().acc).rgb();
    return coloursOf(now).count(accent) != 0;
  };
  press(from);
  moveTo(from - QPoint(40, 0));
  EXPECT_FALSE(guide());
  moveTo(to);
  EXPECT_EQ(framesOf(b).start, 60);
  EXPECT_TRUE(guide());
  key(Qt::Key_Escape);
  release(to);
  EXPECT_FALSE(guide());
  // Frames are met in any case; with Ctrl from the start of the drag nothing else is.
  for (int off = 1; off < 7; ++off) {
    press(from);
    moveTo(from - QPoint(6, 0), Qt::ControlModifier);
    moveTo(from - QPoint(46 + off, 0), Qt::ControlModifier);
    EXPECT_EQ(spanOf(b).start, at(framesOf(b).start));
    EXPECT_FALSE(guide());
    key(Qt::Key_Escape);
    release(from);
  }
  EXPECT_EQ(framesOf(a).end, 60);
}

TEST_F(Expectations, T14_WhatIsMovedTakesEffectWhileItMoves) {
  const ObjectId words = prompt(30, 90, "walk");
  session().selection().selectClip(words);
  QCoreApplication::processEvents();
  FrameField* start = nullptr;
  for (FrameField* field : find<QWidget>("inspector")->findChildren<FrameField*>()) {
    start = start == nullptr && field->isVisible() ? field : start;
  }
  ASSERT_NE(start, nullptr);
  const QPoint from = middleOf(words);
  press(from);
  for (int step = 1; step <= 20; ++step) {
    moveTo(from + QPoint(step * 9, 0));
    // Before anything else happens: no timer, no event loop.
    const std::int64_t now = framesOf(words).start;
    EXPECT_NEAR(double(now), 30 + step * 9 / view().axis().pixelsPerSecond * 30, 8);
    EXPECT_EQ(start->frame(), now);
    EXPECT_EQ(view().rectOf(words).left(), xOf(now));
  }
  release(from + QPoint(180, 0));

  // Also what hangs on a path: the ghost of a dragged pose goes along at once.
  const ObjectId pose = poseAt(60);
  EXPECT_EQ(session().changesSinceShown(), 2);
  press(middleOf(pose));
  moveTo(middleOf(pose) + QPoint(60, 0));
  moveTo(middleOf(pose) + QPoint(80, 0));
  EXPECT_GT(framesOf(pose).start, 60);
  key(Qt::Key_Escape);
  release({0, 0});
}

TEST_F(Expectations, T15_NothingIsLostSilently) {
  const ObjectId a = poseAt(60), b = poseAt(90);
  const Pose poseA = std::get<PoseCondition>(clip(a)->condition).pose;
  session().selection().selectNothing();
  QSignalSpy said(&session(), &Session::problem);
  // A pose onto another one: both are there afterwards, and it was said.
  drag(middleOf(b), middleOf(a));
  ASSERT_NE(clip(a), nullptr);
  ASSERT_NE(clip(b), nullptr);
  EXPECT_NE(framesOf(a).start, framesOf(b).start);
  EXPECT_EQ(std::get<PoseCondition>(clip(a)->condition).pose, poseA);
  EXPECT_GE(said.count(), 1);

  // Out of the project's range and back again.
  const ObjectId words = prompt(100, 160, "walk");
  session().document().edit(QStringLiteral("Move"), moveClips(session().timeline(), std::vector<ObjectId>{words}, ticksFromSeconds(20)));
  ASSERT_NE(clip(words), nullptr);
  EXPECT_EQ(framesOf(words), (FrameRange{700, 760}));
  drag({xOf(10), pointOn(track(TrackKind::Path), 0).y()}, {xOf(10), pointOn(track(TrackKind::Path), 0).y()});
  session().selection().selectNothing();
  QCoreApplication::processEvents();
  write(find<FrameField>("duration"), QStringLiteral("50"));
  EXPECT_NE(clip(words), nullptr);
  EXPECT_NE(clip(a), nullptr);
  EXPECT_NE(clip(b), nullptr);
  write(find<FrameField>("duration"), QStringLiteral("800"));
  EXPECT_EQ(framesOf(words), (FrameRange{700, 760}));
  EXPECT_EQ(wordsOf(words), "walk");
  // Dragged far to the left it stops at the first frame, whole.
  view().setFocus();
  view().fitAll();
  drag(middleOf(words), {5, middleOf(words).y()});
  EXPECT_EQ(framesOf(words).length(), 60);
  EXPECT_GE(framesOf(words).start, 0);
}

TEST_F(Expectations, TheMenusOfPromptsPosesAndTargetsHaveTheirMainCommands) {
  const auto choose = [&](const QPoint& at, const QString& menuName, const QString& entryName) {
    QTest::mouseClick(&view(), Qt::RightButton, Qt::NoModifier, at);
    QTimer::singleShot(0, &view(), [&] {
      auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
      ASSERT_NE(menu, nullptr);
      bool found = false;
      for (QAction* entry : menu->actions()) {
        for (QAction* inner : entry->text() == menuName && entry->menu() != nullptr ? entry->menu()->actions() : QList<QAction*>()) {
          if (inner->text() == entryName) {
            found = true;
            inner->trigger();
          }
        }
      }
      EXPECT_TRUE(found) << menuName.toStdString() << " > " << entryName.toStdString();
      menu->close();
    });
    QContextMenuEvent event(QContextMenuEvent::Mouse, at, view().mapToGlobal(at));
    QApplication::sendEvent(&view(), &event);
    QCoreApplication::processEvents();
  };
  const ObjectId words = prompt(0, 90, "wave");
  choose(middleOf(words), QStringLiteral("Body Part"), QStringLiteral("Left arm"));
  EXPECT_EQ(std::get<TextCondition>(clip(words)->condition).part, BodyPart::LeftArm);
  const ObjectId pose = poseAt(120);
  choose(middleOf(pose), QStringLiteral("Tolerance"), QStringLiteral("5 cm"));
  EXPECT_FLOAT_EQ(std::get<PoseCondition>(clip(pose)->condition).toleranceMeters, 0.05f);
  Clip raised = *clip(pose);
  std::get<PoseCondition>(raised.condition).pose.localRotations[18] = glm::angleAxis(1.0f, glm::vec3(0, 1, 0));
  session().document().edit(QStringLiteral("Raise"), changeClip(session().timeline(), raised));
  const Pose before = std::get<PoseCondition>(clip(pose)->condition).pose;
  const int steps = this->steps();
  rightClick(middleOf(pose), QStringLiteral("Mirror"));
  EXPECT_EQ(this->steps(), steps + 1);
  EXPECT_FALSE(std::get<PoseCondition>(clip(pose)->condition).pose == before);
  const ObjectId target = addTo(track(TrackKind::Pose), {at(200), at(201)}, TargetCondition{.joint = 20});
  choose(middleOf(target), QStringLiteral("Tolerance"), QStringLiteral("2 cm"));
  EXPECT_FLOAT_EQ(std::get<TargetCondition>(clip(target)->condition).toleranceMeters, 0.02f);
  const QPoint header(70, middleOf(words).y());
  rightClick(header, QStringLiteral("Fold"));
  EXPECT_TRUE(session().timeline().findTrack(track(TrackKind::Text))->folded);
  rightClick(header, QStringLiteral("Fold"));
  EXPECT_FALSE(session().timeline().findTrack(track(TrackKind::Text))->folded);
  choose({xOf(60), 30}, QStringLiteral("Time As"), QStringLiteral("Timecode"));
  EXPECT_EQ(view().timeDisplay(), TimeDisplay::Timecode);
}

}  // namespace
}  // namespace kinescore
