// Contacts of the take as bars; one that is dragged is asked for from then on.
#include <algorithm>

#include <QMenu>

#include "tests/ui/timeline_view_fixture.h"
#include "ui/timeline/timeline_menu.h"

namespace kinescore {
namespace {

using Zone = TimelineHit::Zone;

class ContactBarsTest : public TimelineViewTest {
 protected:
  void SetUp() override {
    fixture_.addPrompt(0, 9, "walk");
    ASSERT_TRUE(fixture_.generateAndWait());
    // A take whose feet are known: left heel 1 to 2 s, right toe 3 to 5 s.
    auto take = std::make_shared<Take>(*session().takes().shown());
    auto motion = std::make_shared<Motion>(*take->result.motion);
    motion->contacts.assign(std::size_t(motion->frameCount()) * 4, 0);
    const auto stand = [&](int contact, int from, int to) {
      for (int f = from; f < to; ++f) {
        motion->contacts[std::size_t(f * 4 + contact)] = 1;
      }
    };
    stand(0, 30, 60);
    stand(3, 90, 150);
    take->result.motion = motion;
    take->id = "feet";
    session().takes().replaceAll({take}, "feet");
    QCoreApplication::processEvents();
  }
  int steps() { return session().document().undoStack().count(); }
  QPoint by(double seconds) { return {view_.xOf(ticksFromSeconds(seconds)) - view_.xOf({0}), 0}; }
  /// The conditions on contact tracks.
  std::vector<std::shared_ptr<const Clip>> planted() {
    std::vector<std::shared_ptr<const Clip>> all;
    for (const auto& track : session().timeline().tracks()) {
      if (track->kind == TrackKind::Contact) {
        for (const auto& clip : session().timeline().clipsOf(track->id)) {
          all.push_back(clip);
        }
      }
    }
    return all;
  }
  static int partOf(const Clip& clip) { return std::get<ContactCondition>(clip.condition).contact; }
};

TEST_F(ContactBarsTest, ABarOfTheTakeThatIsDraggedBecomesAConditionAsOneStepWithItsTrack) {
  const QRect bar = view_.foundRect(3, 0);
  ASSERT_FALSE(bar.isEmpty());
  EXPECT_EQ(view_.hitAt(bar.center()).zone, Zone::FoundContact);
  const int before = steps();
  drag(bar.center(), bar.center() + by(1));
  ASSERT_EQ(planted().size(), 1u);
  EXPECT_EQ(partOf(*planted()[0]), 3);
  EXPECT_NEAR(secondsOf(planted()[0]->span.start), 4, 0.1);
  EXPECT_EQ(planted()[0]->span.length(), ticksFromSeconds(2));
  EXPECT_EQ(steps(), before + 1);
  EXPECT_EQ(session().selection().singleClip(), planted()[0]->id);
  EXPECT_GT(session().changesSinceShown(), 0);
  EXPECT_TRUE(session().isStale(*planted()[0]));
  ASSERT_TRUE(fixture_.generateAndWait());
  EXPECT_FALSE(session().isStale(*planted()[0]));
  session().document().undoStack().undo();
  EXPECT_TRUE(planted().empty());
  EXPECT_EQ(fixture_.track(TrackKind::Contact), ObjectId{});
}

TEST_F(ContactBarsTest, AnEdgeOfABarMakesItLonger) {
  const QRect bar = view_.foundRect(0, 0);
  drag({bar.right() - 1, bar.center().y()}, QPoint(bar.right() - 1, bar.center().y()) + by(0.5));
  ASSERT_EQ(planted().size(), 1u);
  EXPECT_EQ(planted()[0]->span.start, ticksFromSeconds(1));
  EXPECT_NEAR(secondsOf(planted()[0]->span.end), 2.5, 0.1);
}

TEST_F(ContactBarsTest, EscGivesUpTheDragAndAClickShowsTheTake) {
  const QPoint at = view_.foundRect(3, 0).center();
  const std::string hash = session().timeline().contentHash();
  press(at);
  moveTo(at + by(0.5));
  moveTo(at + by(1));
  EXPECT_EQ(planted().size(), 1u);
  QTest::keyClick(&view_, Qt::Key_Escape);
  release(at + by(1));
  EXPECT_EQ(session().timeline().contentHash(), hash);
  QTest::mouseClick(&view_, Qt::LeftButton, Qt::NoModifier, view_.foundRect(3, 0).center());
  EXPECT_EQ(session().selection().surface(), Selection::Surface::Take);
}

TEST_F(ContactBarsTest, WhatIsAskedForLiesInTheRowOfWhatWasFoundAndIsMovedTrimmedAndTakenAway) {
  QMenu found;
  fillTimelineMenu(found, session(), view_, view_.hitAt(view_.foundRect(0, 0).center()), {0});
  ASSERT_FALSE(found.actions().empty());
  EXPECT_EQ(found.actions().front()->text(), QStringLiteral("Plant"));
  found.actions().front()->trigger();
  ASSERT_EQ(planted().size(), 1u);
  const ObjectId clip = planted()[0]->id;
  EXPECT_EQ(spanOf(clip), (TimeRange{ticksFromSeconds(1), ticksFromSeconds(2)}));

  // One row shows both, each where it stands.
  const QRect row = view_.rowRect(planted()[0]->trackId), bar = view_.foundRect(3, 0);
  EXPECT_TRUE(row.contains(bar));
  EXPECT_EQ(view_.rectOf(clip).top(), view_.foundRect(0, 0).top());
  EXPECT_NE(view_.rectOf(clip).top(), bar.top());
  drag(middleOf(clip), middleOf(clip) + by(1));
  EXPECT_NEAR(secondsOf(spanOf(clip).start), 2, 0.1);
  const QRect rect = view_.rectOf(clip);
  drag({rect.right() - 1, rect.center().y()}, QPoint(rect.right() - 1, rect.center().y()) + by(1));
  EXPECT_NEAR(secondsOf(spanOf(clip).length()), 2, 0.1);
  // The bars of the take can still be dragged, onto the same track.
  drag(bar.center(), bar.center() + by(1));
  ASSERT_EQ(planted().size(), 2u);
  EXPECT_EQ(planted()[0]->trackId, planted()[1]->trackId);

  session().selection().selectClip(clip);
  QMenu asked;
  fillTimelineMenu(asked, session(), view_, view_.hitAt(middleOf(clip)), {0});
  for (QAction* entry : asked.actions()) {
    if (entry->text() == QStringLiteral("Follow Take")) {
      entry->trigger();
      break;
    }
  }
  EXPECT_EQ(session().timeline().findClip(clip), nullptr);
}

TEST_F(ContactBarsTest, EveryHeightShowsTheBarsApartOrMerged) {
  for (const int height : {0, 1, 2}) {
    const ContactBar heel = contactBar(height == 0 ? 15 : (height == 1 ? 41 : 61), 0);
    const ContactBar other = contactBar(height == 0 ? 15 : (height == 1 ? 41 : 61), 3);
    EXPECT_EQ(height == 0, heel.y == other.y);
    EXPECT_LE(other.y + other.height, height == 0 ? 14 : (height == 1 ? 40 : 60));
  }
}

TEST_F(ContactBarsTest, TheMenuSaysWhichPartAndWhere) {
  const QRect bar = view_.foundRect(3, 0);
  drag(bar.center(), bar.center() + by(1));
  ASSERT_EQ(planted().size(), 1u);
  const auto choose = [&](const char* entry) {
    QMenu menu;
    fillTimelineMenu(menu, session(), view_, view_.hitAt(view_.rectOf(planted()[0]->id).center()), Ticks{0});
    for (QAction* action : menu.actions()) {
      if (action->text() == QLatin1String(entry)) {
        EXPECT_TRUE(action->isEnabled()) << entry;
        action->trigger();
        return;
      }
    }
    ADD_FAILURE() << entry;
  };
  const auto contact = [&] { return std::get<ContactCondition>(planted()[0]->condition); };
  choose("Heel");
  EXPECT_EQ(contact().contact, 2);
  session().playback().seek(ticksFromSeconds(2));
  choose("Plant at Playhead");
  ASSERT_TRUE(contact().place);
  const WorldPose world = forwardKinematics(*kinescore22(), session().poseAt(ticksFromSeconds(2)));
  EXPECT_EQ(*contact().place, world.positions[std::size_t(kContactJoints[2])]);
  choose("Free Place");
  EXPECT_FALSE(contact().place);
  choose("Both");
  ASSERT_EQ(planted().size(), 2u);
  EXPECT_EQ(partOf(*planted()[0]) / 2, 1);
  EXPECT_EQ(partOf(*planted()[0]) ^ 1, partOf(*planted()[1]));
  choose("Both");
  EXPECT_EQ(planted().size(), 2u) << "it is there already";
}

TEST_F(ContactBarsTest, HeelToeAndBothInTheMenuKeepOneClipForEachPart) {
  const QRect bar = view_.foundRect(3, 0);
  drag(bar.center(), bar.center() + by(1));
  const auto parts = [&] {
    std::vector<int> all;
    for (const auto& clip : planted()) {
      all.push_back(partOf(*clip));
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  const auto idOf = [&](int part) {
    for (const auto& clip : planted()) {
      if (partOf(*clip) == part) {
        return clip->id;
      }
    }
    return ObjectId{};
  };
  // What is checked in the menu of a part, after the entry was taken when one is named.
  const auto menuOf = [&](int part, const QString& take = {}) {
    QMenu menu;
    fillTimelineMenu(menu, session(), view_, view_.hitAt(view_.rectOf(idOf(part)).center()), Ticks{0});
    QStringList checked;
    QAction* taken = nullptr;
    for (QAction* entry : menu.actions()) {
      EXPECT_NE(entry->text(), QStringLiteral("Hard")) << "the inspector offers none either";
      if (entry->isChecked()) {
        checked << entry->text();
      }
      taken = !take.isEmpty() && entry->text() == take ? entry : taken;
    }
    if (taken != nullptr) {
      taken->trigger();
    }
    return checked;
  };
  ASSERT_EQ(parts(), std::vector<int>{3});
  const int before = steps();
  EXPECT_EQ(menuOf(3, QStringLiteral("Both")), QStringList{QStringLiteral("Toe")});
  EXPECT_EQ(parts(), (std::vector<int>{2, 3}));
  EXPECT_EQ(steps(), before + 1);
  EXPECT_EQ(menuOf(2), QStringList{QStringLiteral("Both")});
  EXPECT_EQ(menuOf(3, QStringLiteral("Heel")), QStringList{QStringLiteral("Both")});
  EXPECT_EQ(parts(), std::vector<int>{2}) << "no second heel over the first";
  EXPECT_EQ(steps(), before + 2);
  EXPECT_EQ(menuOf(2, QStringLiteral("Both")), QStringList{QStringLiteral("Heel")});
  EXPECT_EQ(parts(), (std::vector<int>{2, 3})) << "the toe is back";
  EXPECT_EQ(steps(), before + 3);
  session().document().undoStack().undo();
  EXPECT_EQ(parts(), std::vector<int>{2});
  session().document().undoStack().undo();
  EXPECT_EQ(parts(), (std::vector<int>{2, 3}));

  // A twin that cannot be given up stays, and so does its clip.
  Clip locked = *session().timeline().findClip(idOf(2));
  locked.locked = true;
  ASSERT_TRUE(session().document().edit(QStringLiteral("Lock"), changeClip(session().timeline(), locked)));
  menuOf(3, QStringLiteral("Heel"));
  EXPECT_EQ(parts(), (std::vector<int>{2, 3}));
}

TEST(ResultSummaryTest, AContactThatWasAskedForAndSlidesIsUnmet) {
  auto take = std::make_shared<Take>();
  auto motion = std::make_shared<Motion>();
  motion->resize(60);
  motion->contacts.assign(240, 0);
  for (std::int64_t f = 0; f < 60; ++f) {
    Pose pose = restPose(*motion->skeleton);
    pose.rootPosition.z = f < 30 ? 0.f : 0.05f * float(f - 30);  // stands, then glides
    motion->setPose(f, pose);
    motion->contacts[std::size_t(f) * 4] = 1;
  }
  take->result.motion = motion;
  take->origins = {{{0, 60}, ""}};
  take->request.contacts = {{{Ticks{0}, ticksFromSeconds(1)}, 0, {}}, {{ticksFromSeconds(1), ticksFromSeconds(2)}, 0, {}},
                            {{Ticks{0}, ticksFromSeconds(1)}, 2, glm::vec3(1, 0, 0)}};
  const ResultSummary summary = summarize(*take);
  EXPECT_EQ(summary.unmetContacts, (std::vector<std::pair<int, Ticks>>{{0, ticksFromSeconds(1)}, {2, Ticks{0}}}));
  ASSERT_EQ(summary.slides[0].size(), 1u);
  EXPECT_EQ(summary.slides[0][0], (FrameRange{30, 60})) << "only where it glides";
}

}  // namespace
}  // namespace kinescore
