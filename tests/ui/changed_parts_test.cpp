// Generate makes what was changed and nothing else; while dragging the motion follows when that is switched on.
#include "tests/ui/main_window_fixture.h"
#include "ui/document/live_preview.h"
#include "ui/panels/status_bar.h"

namespace kinescore {
namespace {

class ChangedPartsTest : public MainWindowTest {
 protected:
  ObjectId promptAt(double from, double to, const std::string& words) {
    Clip clip;
    for (const auto& track : session().timeline().tracks()) {
      if (track->kind == TrackKind::Text) {
        clip.trackId = track->id;
      }
    }
    clip.span = {ticksFromSeconds(from), ticksFromSeconds(to)};
    clip.condition = TextCondition{words, BodyPart::Whole};
    const auto patch = addClip(session().timeline(), session().document().ids(), clip);
    EXPECT_TRUE(session().document().edit(QStringLiteral("Add prompt"), patch));
    return patch->changes.front().id;
  }
  void say(ObjectId id, const std::string& words) {
    Clip clip = *session().timeline().findClip(id);
    std::get<TextCondition>(clip.condition).prompt = words;
    ASSERT_TRUE(session().document().edit(QStringLiteral("Edit prompt"), changeClip(session().timeline(), clip)));
  }
};

TEST_F(ChangedPartsTest, OnlyStaleSpansAreSolvedAndTheRestIsBitIdentical) {
  const ObjectId first = promptAt(0, 3, "walk");
  promptAt(3, 7, "turn");
  const ObjectId last = promptAt(7, 10, "sit");
  generate();
  const TakePointer whole = session().takes().shown();
  EXPECT_FALSE(whole->range);
  say(first, "run");
  say(last, "lie down");
  ASSERT_EQ(session().staleSpans()->size(), 2u);
  EXPECT_EQ(session().staleNames(4), (QStringList{QStringLiteral("“run”"), QStringLiteral("“lie down”")}));
  generate();
  const TakePointer changed = session().takes().shown();
  EXPECT_EQ(changed->baseTakeId, whole->id);
  EXPECT_EQ(changed->request.madeParts(), (std::vector<FrameRange>{{0, 98}, {202, 300}}));
  EXPECT_EQ(identityHash(*changed->result.motion, {98, 202}), identityHash(*whole->result.motion, {98, 202}));
  EXPECT_EQ(session().changesSinceShown(), 0);
  EXPECT_TRUE(session().staleSpans()->empty());
}

TEST_F(ChangedPartsTest, AnEditBesideARegeneratedRangeIsNotForgotten) {
  const ObjectId first = promptAt(0, 3, "walk");
  promptAt(3, 10, "turn");
  generate();
  say(first, "run");
  session().selection().setTime(TimeSelection{{ticksFromSeconds(6), ticksFromSeconds(8)}, {}, {}});
  window_->action("Regenerate Range")->trigger();
  ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() == 2; }));
  session().selection().setTime(std::nullopt);
  EXPECT_GT(session().changesSinceShown(), 0) << "frames 0 to 98 are still those of “walk”";
  EXPECT_TRUE(session().isStale(*session().timeline().findClip(first)));
  generate();
  EXPECT_EQ(session().takes().shown()->request.madeParts(), (std::vector<FrameRange>{{0, 98}}));
  EXPECT_EQ(session().changesSinceShown(), 0);
}

TEST_F(ChangedPartsTest, AnotherSeedLengthOrQualityIsTheWhole) {
  const ObjectId prompt = promptAt(0, 3, "walk");
  promptAt(3, 10, "turn");
  generate();
  say(prompt, "run");
  session().setSeed(9);
  generate();
  EXPECT_FALSE(session().takes().shown()->range);
  session().setQuality(Quality::Best);
  generate();
  EXPECT_FALSE(session().takes().shown()->range);
  EXPECT_EQ(session().takes().shown()->request.seed, 9u) << "no new seed: another quality is another take";
}

TEST_F(ChangedPartsTest, EverythingAnewIsACommandOfItsOwn) {
  const ObjectId prompt = promptAt(0, 3, "walk");
  promptAt(3, 10, "turn");
  generate();
  say(prompt, "run");
  const std::size_t before = session().takes().takes().size();
  window_->action("Generate All Anew")->trigger();
  ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() > before; }));
  EXPECT_FALSE(session().takes().shown()->range);
}

TEST_F(ChangedPartsTest, WhileDraggingTheMotionFollowsAndAGoodOneComesOnRelease) {
  const ObjectId prompt = promptAt(0, 3, "walk");
  promptAt(5, 10, "turn");
  generate();
  const TakePointer before = session().takes().shown();
  window_->action("Follow While Dragging")->trigger();
  ASSERT_TRUE(window_->live().isOn());
  {
    TimelineGesture drag(session().document(), QStringLiteral("Move"));
    for (int frame = 1; window_->live().shownPreviews() < 2; ++frame) {
      ASSERT_LT(frame, 2000);
      ASSERT_TRUE(drag.update([&](const Timeline& start, IdSource&) {
        return moveClips(start, std::vector<ObjectId>{prompt}, ticksOfFrame(1 + frame % 40, kEngineRate));
      }));
      QTest::qWait(2);
    }
    EXPECT_NE(session().preview(), nullptr);
    EXPECT_EQ(session().takes().takes().size(), 1u) << "a preview is no take";
    EXPECT_FALSE(session().jobs().isBusy());
  }
  ASSERT_TRUE(waitUntil([&] { return session().takes().takes().size() == 2; }));
  EXPECT_EQ(session().preview(), nullptr);
  EXPECT_EQ(session().takes().shown()->request.quality, Quality::Good);
  EXPECT_EQ(session().takes().shown()->baseTakeId, before->id);
}

TEST_F(ChangedPartsTest, GivingTheDragUpBringsTheOldMotionBack) {
  const ObjectId prompt = promptAt(0, 3, "walk");
  promptAt(5, 10, "turn");
  generate();
  window_->live().setOn(true);
  {
    TimelineGesture drag(session().document(), QStringLiteral("Move"));
    ASSERT_TRUE(drag.update([&](const Timeline& start, IdSource&) {
      return moveClips(start, std::vector<ObjectId>{prompt}, ticksOfFrame(30, kEngineRate));
    }));
    ASSERT_TRUE(waitUntil([&] { return session().preview() != nullptr; }));
    drag.cancel();
  }
  ASSERT_TRUE(waitUntil([&] { return session().preview() == nullptr; }));
  QTest::qWait(20);
  EXPECT_EQ(session().takes().takes().size(), 1u);
}

TEST_F(ChangedPartsTest, SwitchedOffNothingFollows) {
  const ObjectId prompt = promptAt(0, 3, "walk");
  generate();
  TimelineGesture drag(session().document(), QStringLiteral("Move"));
  ASSERT_TRUE(drag.update([&](const Timeline& start, IdSource&) {
    return moveClips(start, std::vector<ObjectId>{prompt}, ticksOfFrame(30, kEngineRate));
  }));
  QTest::qWait(30);
  EXPECT_EQ(window_->live().shownPreviews(), 0);
}

}  // namespace
}  // namespace kinescore
