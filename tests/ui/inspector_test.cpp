#include <gtest/gtest.h>

#include <QPlainTextEdit>
#include <QScrollArea>

#include "tests/ui/main_window_fixture.h"
#include "ui/document/edit_commands.h"
#include "ui/timeline/timeline_painter.h"
#include "ui/widgets/basics.h"
#include "ui/widgets/body_part_choice.h"
#include "ui/widgets/field_label.h"
#include "ui/widgets/fields.h"

namespace kinescore {
namespace {

TEST_F(MainWindowTest, SeveralClipsAreMovedAndScaledByTheirFields) {
  const ObjectId a = addPrompt("walk");
  session().selection().selectClip(a);
  duplicateSelection(session());
  const ObjectId b = *session().selection().singleClip();
  session().selection().selectClips({a, b});
  QCoreApplication::processEvents();
  auto* start = window_->findChild<FrameField*>(QStringLiteral("manyStart"));
  auto* length = window_->findChild<FrameField*>(QStringLiteral("manyLength"));
  ASSERT_NE(start, nullptr);
  EXPECT_EQ(length->frame(), 240);
  for (const auto& [field, words] : {std::pair{start, "+30"}, std::pair{length, "120"}}) {
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, QString::fromLatin1(words));
    QTest::keyClick(field, Qt::Key_Return);
  }
  EXPECT_EQ(session().timeline().findClip(a)->span, (TimeRange{ticksFromSeconds(1), ticksFromSeconds(3)}));
  EXPECT_EQ(session().timeline().findClip(b)->span, (TimeRange{ticksFromSeconds(3), ticksFromSeconds(5)}));
}

TEST_F(MainWindowTest, TheInspectorEditsThePromptAsOneStep) {
  const ObjectId clip = addPrompt("walk");
  session().selection().selectClip(clip);
  auto* prompt = window_->findChild<QPlainTextEdit*>(QStringLiteral("prompt"));
  ASSERT_NE(prompt, nullptr);
  EXPECT_EQ(prompt->toPlainText(), QStringLiteral("walk"));
  const int steps = session().document().undoStack().count();
  prompt->moveCursor(QTextCursor::End);
  QTest::keyClicks(prompt, QStringLiteral("s slowly"));

  EXPECT_EQ(std::get<TextCondition>(session().timeline().findClip(clip)->condition).prompt, "walks slowly");
  EXPECT_EQ(session().document().undoStack().count(), steps + 1);
}

TEST_F(MainWindowTest, WordsAreGivenToAPartOfTheBody) {
  const ObjectId clip = addPrompt("wave");
  session().selection().selectClip(clip);
  auto* part = window_->findChild<BodyPartChoice*>(QStringLiteral("body part"));
  ASSERT_NE(part, nullptr);
  EXPECT_EQ(part->current(), 0);
  part->findChildren<QToolButton*>().at(2)->click();
  EXPECT_EQ(std::get<TextCondition>(session().timeline().findClip(clip)->condition).part, BodyPart::RightArm);
  EXPECT_EQ(clipTitle(*session().timeline().findClip(clip)), QStringLiteral("right arm · wave"));
  session().document().undoStack().undo();
  EXPECT_EQ(std::get<TextCondition>(session().timeline().findClip(clip)->condition).part, BodyPart::Whole);
  EXPECT_EQ(part->current(), 0);
  EXPECT_EQ(clipTitle(*session().timeline().findClip(clip)), QStringLiteral("wave"));
}

TEST_F(MainWindowTest, TheProjectSaysHowManyReferencesAPromptFinds) {
  auto* references = window_->findChild<SegmentedChoice*>(QStringLiteral("references"));
  ASSERT_NE(references, nullptr);
  EXPECT_EQ(references->current(), session().references());
  Q_EMIT references->chosen(0);
  EXPECT_EQ(session().references(), 0);
  session().setReferences(3);
  EXPECT_EQ(references->current(), 3);
  EXPECT_FALSE(references->parentWidget()->isHidden());

  WindowServices services{*service_, QStringLiteral("CPU · fake"), {}, {}};
  services.findsReferences = false;
  MainWindow other(services);
  other.setAsksBeforeClosing(false);
  EXPECT_TRUE(other.findChild<SegmentedChoice*>(QStringLiteral("references"))->parentWidget()->isHidden());
}

TEST_F(MainWindowTest, AReferenceOfATakeIsPinnedForbiddenAndAllowedAgain) {
  addPrompt("walk");
  generate();
  const auto showTake = [&] {
    session().selection().selectTake(QString::fromStdString(session().takes().shownId()));
    QCoreApplication::processEvents();
  };
  showTake();
  press("pin mine/sneak");
  EXPECT_EQ(session().wishes().pins, (std::vector<ReferencePin>{{"mine/sneak", std::nullopt, "walk"}}));
  press("forbid cmu_16_02");
  EXPECT_TRUE(session().wishes().forbids("cmu_16_02"));
  EXPECT_TRUE(session().isChanged());
  EXPECT_EQ(session().changesSinceShown(), 2);

  generate();  // the next generation obeys
  const auto& references = session().takes().shown()->result.report.references;
  ASSERT_EQ(references.size(), 1u);
  EXPECT_EQ(references[0].clipId, "mine/sneak");
  EXPECT_TRUE(references[0].pinned);

  showTake();
  press("pin mine/sneak");  // again: no more
  press("allow cmu_16_02");
  EXPECT_TRUE(session().wishes().isEmpty());
}

TEST_F(MainWindowTest, ATakeIsFollowedAsADraftUntilItIsNoLonger) {
  addPrompt("walk");
  generate();
  const std::string followed = session().takes().shownId();
  session().selection().selectTake(QString::fromStdString(followed));
  QCoreApplication::processEvents();
  EXPECT_EQ(session().changesSinceShown(), 0);
  press("follow take");
  ASSERT_TRUE(session().draft());
  EXPECT_EQ(session().changesSinceShown(), 1);
  EXPECT_TRUE(session().isChanged());
  const auto file = folder_.path() / "follows.kinescore";
  ASSERT_TRUE(session().saveAs(file));
  EXPECT_FALSE(session().isChanged());
  session().newProject();
  EXPECT_FALSE(session().draft());
  ASSERT_TRUE(session().open(file));
  ASSERT_TRUE(session().draft());
  EXPECT_EQ(session().draft()->motion->frameCount(), session().takes().find(followed)->result.motion->frameCount());
  generate();
  EXPECT_TRUE(session().takes().shown()->request.draft.has_value());
  EXPECT_EQ(session().changesSinceShown(), 0);
  session().selection().selectNothing();
  QCoreApplication::processEvents();
  auto* name = window_->findChild<QLabel*>(QStringLiteral("draft"));
  ASSERT_NE(name, nullptr);
  EXPECT_NE(name->text(), QStringLiteral("None"));
  press("no draft");
  EXPECT_FALSE(session().draft());
  EXPECT_EQ(name->text(), QStringLiteral("None"));
  EXPECT_EQ(session().changesSinceShown(), 1);
}

/// Prompts at 0, 5 and 10 s.
class ManyPromptsTest : public MainWindowTest {
 protected:
  void SetUp() override {
    MainWindowTest::SetUp();
    for (const char* words : {"walk", "walk", "run"}) {
      clips_.push_back(addPrompt(words));
      const std::vector<ObjectId> last{clips_.back()};
      session().document().edit(QStringLiteral("Move"), moveClips(session().timeline(), last,
                                                                  ticksFromSeconds(5.0 * double(clips_.size() - 1))));
    }
    prompt_ = window_->findChild<QPlainTextEdit*>(QStringLiteral("manyPrompt"));
    part_ = window_->findChild<SegmentedChoice*>(QStringLiteral("manyPart"));
  }
  void select(std::set<ObjectId> clips) {
    session().selection().selectClips(std::move(clips));
    QCoreApplication::processEvents();
  }
  const TextCondition& textOf(std::size_t i) {
    return std::get<TextCondition>(session().timeline().findClip(clips_[i])->condition);
  }
  int steps() { return session().document().undoStack().count(); }

  std::vector<ObjectId> clips_;
  QPlainTextEdit* prompt_ = nullptr;
  SegmentedChoice* part_ = nullptr;
};

TEST_F(ManyPromptsTest, T11_WordsWrittenForSeveralPromptsAreOneStep) {
  select({clips_[0], clips_[1]});
  EXPECT_EQ(prompt_->toPlainText(), QStringLiteral("walk"));
  select({clips_[0], clips_[2]});
  EXPECT_EQ(prompt_->toPlainText(), QString());  // they differ
  const int before = steps();
  prompt_->setFocus();
  QTest::keyClicks(prompt_, QStringLiteral("hop high"));
  EXPECT_EQ(textOf(0).prompt, "hop high");
  EXPECT_EQ(textOf(2).prompt, "hop high");
  EXPECT_EQ(textOf(1).prompt, "walk");
  EXPECT_EQ(steps(), before + 1);
  session().document().undoStack().undo();
  EXPECT_EQ(textOf(0).prompt, "walk");
  EXPECT_EQ(textOf(2).prompt, "run");
}

TEST_F(ManyPromptsTest, T11_ABodyPartChosenForSeveralPromptsIsOneStep) {
  select({clips_[0], clips_[2]});
  EXPECT_EQ(part_->current(), 0);
  const int before = steps();
  part_->findChildren<QToolButton*>().at(5)->click();
  EXPECT_EQ(textOf(0).part, BodyPart::Legs);
  EXPECT_EQ(textOf(2).part, BodyPart::Legs);
  EXPECT_EQ(textOf(1).part, BodyPart::Whole);
  EXPECT_EQ(steps(), before + 1);
  select({clips_[0], clips_[1]});
  EXPECT_EQ(part_->current(), -1);
  select({clips_[0], clips_[2]});
  EXPECT_EQ(part_->current(), 5);
}

TEST_F(ManyPromptsTest, EverythingThatIsOfferedLiesWithinThePanel) {
  const auto* panel = window_->findChild<QWidget*>(QStringLiteral("inspector"));
  const auto expectInside = [&](const char* what) {
    const auto* widget = window_->findChild<QWidget*>(QString::fromLatin1(what));
    ASSERT_TRUE(widget->isVisible());
    for (const QToolButton* button : widget->findChildren<QToolButton*>()) {
      const QRect place(button->mapTo(panel, QPoint(0, 0)), button->size());
      EXPECT_TRUE(panel->rect().contains(place)) << what << ", " << button->text().toStdString();
      EXPECT_GE(place.width(), button->fontMetrics().horizontalAdvance(button->text()));
    }
  };
  select({clips_[0]});
  expectInside("body part");
  select({clips_[0], clips_[1]});
  expectInside("manyPart");
}

TEST_F(ManyPromptsTest, WordsAreNotOfferedWhereSomethingElseIsSelectedAndLockedOnesKeepTheirs) {
  ASSERT_TRUE(session().pinPose());
  const ObjectId pose = *session().selection().singleClip();
  select({clips_[0], pose});
  EXPECT_TRUE(prompt_->isHidden() || prompt_->parentWidget()->isHidden());
  select({clips_[0]});
  setSelectedClipsLocked(session(), true);
  select({clips_[0], clips_[1]});
  EXPECT_FALSE(prompt_->isEnabled());
  EXPECT_FALSE(part_->isEnabled());
}

/// A number is dragged by its name.
class FieldLabelTest : public MainWindowTest {
 protected:
  FieldLabel* labelOf(const char* field) {
    for (FieldLabel* label : window_->findChildren<FieldLabel*>()) {
      if (label->isVisible() && label->buddy()->objectName() == QLatin1String(field)) {
        return label;
      }
    }
    return nullptr;
  }
  static void move(FieldLabel* label, int x, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
    QMouseEvent event(QEvent::MouseMove, QPointF(x, 5), label->mapToGlobal(QPointF(x, 5)), Qt::NoButton, Qt::LeftButton, modifiers);
    QApplication::sendEvent(label, &event);
  }
  int steps() { return session().document().undoStack().count(); }
};

TEST_F(FieldLabelTest, DraggedByItsNameANumberIsOneStepAndCtrlIsFine) {
  const Ticks before = session().timeline().settings().duration;
  const auto frames = [&] { return nearestFrame(session().timeline().settings().duration - before, kEngineRate); };
  FieldLabel* label = labelOf("duration");
  ASSERT_NE(label, nullptr);
  const int stepsBefore = steps();
  QTest::mousePress(label, Qt::LeftButton, Qt::NoModifier, {5, 5});
  for (int x = 10; x <= 85; x += 5) {
    move(label, x);
  }
  EXPECT_EQ(frames(), 20);  // 80 pixels
  for (int x = 85; x <= 125; x += 5) {
    move(label, x, Qt::ControlModifier);
  }
  EXPECT_EQ(frames(), 21);
  QTest::mouseRelease(label, Qt::LeftButton, Qt::NoModifier, {125, 5});
  EXPECT_EQ(steps(), stepsBefore + 1);
  session().document().undoStack().undo();
  EXPECT_EQ(session().timeline().settings().duration, before);
}

TEST_F(FieldLabelTest, EscGivesUpTheDrag) {
  const std::string hash = session().timeline().contentHash();
  const int stepsBefore = steps();
  FieldLabel* label = labelOf("duration");
  QTest::mousePress(label, Qt::LeftButton, Qt::NoModifier, {5, 5});
  move(label, 50);
  move(label, 90);
  EXPECT_NE(session().timeline().contentHash(), hash);
  QTest::keyClick(label, Qt::Key_Escape);
  QTest::mouseRelease(label, Qt::LeftButton, Qt::NoModifier, {90, 5});
  EXPECT_EQ(session().timeline().contentHash(), hash);
  EXPECT_EQ(steps(), stepsBefore);
}

TEST_F(FieldLabelTest, ADoubleClickPutsTheUsualNumberBack) {
  addPrompt("walk");
  ASSERT_TRUE(session().pinPose());
  const ObjectId key = *session().selection().singleClip();
  QCoreApplication::processEvents();
  FieldLabel* label = labelOf("key hold");
  ASSERT_NE(label, nullptr);
  QTest::mousePress(label, Qt::LeftButton, Qt::NoModifier, {5, 5});
  move(label, 10);
  move(label, 45);
  QTest::mouseRelease(label, Qt::LeftButton, Qt::NoModifier, {45, 5});
  EXPECT_EQ(nearestFrame(session().timeline().findClip(key)->span.length(), kEngineRate), 11);
  QTest::mouseDClick(label, Qt::LeftButton, Qt::NoModifier, {5, 5});
  EXPECT_EQ(session().timeline().findClip(key)->span.length(), Ticks{1});
}

TEST_F(MainWindowTest, EveryPageKeepsTheInspectorsWidthWhateverIsInIt) {
  const std::string endless(90, 'm');
  service_->useGenerator([endless]() -> Result<std::unique_ptr<MotionGenerator>> {
    auto generator = std::make_unique<FakeGenerator>();
    generator->library = {"folder/" + endless, "mine/sneak"};
    return std::unique_ptr<MotionGenerator>(std::move(generator));
  });
  const ObjectId words = addPrompt(endless);
  session().setWishes({{{"folder/" + endless, std::nullopt, endless}}, {"other/" + endless}});
  generate();
  ASSERT_TRUE(session().saveAs(folder_.path() / (endless + ".kinescore")));
  session().followTake(*session().takes().shown());
  std::vector<ObjectId> clips{words};
  const auto add = [&](TrackKind kind, Condition condition) {
    Clip clip;
    clip.trackId = *session().trackOf(kind, QStringLiteral("Add track"));
    clip.name = endless;
    clip.span = {Ticks{0}, ticksFromSeconds(2)};
    clip.condition = std::move(condition);
    const auto patch = addClip(session().timeline(), session().document().ids(), clip);
    ASSERT_TRUE(session().document().edit(QStringLiteral("Add"), patch));
    clips.push_back(patch->changes.front().id);
  };
  add(TrackKind::Reference, ReferenceCondition{.clipId = endless});
  add(TrackKind::Audio, AudioCondition{"/nowhere/" + endless + ".wav", {}, 120, 0});
  add(TrackKind::Contact, ContactCondition{.contact = 0});

  auto* inspector = window_->findChild<QWidget*>(QStringLiteral("inspector"));
  const auto keepsWidth = [&](const char* what) {
    QCoreApplication::processEvents();
    QTest::qWait(5);
    int pages = 0;
    for (const QScrollArea* area : inspector->findChildren<QScrollArea*>()) {
      if (!area->isVisible() || area->widget() == nullptr) {
        continue;
      }
      ++pages;
      EXPECT_LE(area->widget()->width(), area->viewport()->width()) << what;
      EXPECT_LE(area->width(), inspector->width()) << what;
      for (const QWidget* part : area->widget()->findChildren<QWidget*>()) {
        if (part->isVisible() && part->window() == window_.get()) {
          EXPECT_LE(part->mapTo(area->widget(), QPoint(part->width(), 0)).x(), area->viewport()->width())
              << what << ": " << part->metaObject()->className() << " " << part->objectName().toStdString();
        }
      }
    }
    EXPECT_EQ(pages, 1) << what;
  };
  session().selection().selectNothing();
  keepsWidth("project");
  for (const ObjectId clip : clips) {
    session().selection().selectClip(clip);
    keepsWidth(session().timeline().findTrack(session().timeline().findClip(clip)->trackId)->name.c_str());
  }
  session().selection().selectClips({clips.begin(), clips.end()});
  keepsWidth("several");
  session().selection().selectTrack(session().timeline().findClip(words)->trackId);
  keepsWidth("track");
  session().selection().selectTake(QString::fromStdString(session().takes().shownId()));
  keepsWidth("take");
  session().selection().setTime(TimeSelection{{Ticks{0}, ticksFromSeconds(1)}, {}, {}});
  keepsWidth("time");
}

TEST_F(MainWindowTest, TheTakesPageFollowsWhatIsShown) {
  addPrompt("walk");
  generate();
  const std::string first = session().takes().shownId();
  session().selection().selectTake(QString::fromStdString(first));
  session().setSeed(7);
  generate();
  EXPECT_NE(session().takes().shownId(), first);
  EXPECT_EQ(session().selection().surface(), Selection::Surface::Take);
  EXPECT_EQ(session().selection().takeId().toStdString(), session().takes().shownId());
  // Another page stays open.
  session().selection().selectTrack(session().timeline().tracks().front()->id);
  session().takes().show(first);
  EXPECT_EQ(session().selection().surface(), Selection::Surface::Track);
}

TEST_F(MainWindowTest, ClipsPinnedToAPromptAreOnItsPageAndCountAsAChange) {
  const ObjectId walk = addPrompt("walk"), run = addPrompt("run");
  generate();
  ASSERT_EQ(session().changesSinceShown(), 0);
  session().setWishes({{{"mine/sneak", std::nullopt, "walk"}}, {}});
  EXPECT_EQ(session().changesSinceShown(), 1);
  EXPECT_TRUE(session().isStale(*session().timeline().findClip(walk)));
  EXPECT_FALSE(session().isStale(*session().timeline().findClip(run)));
  auto* pins = window_->findChild<QWidget*>(QStringLiteral("pinned clips"));
  session().selection().selectClip(run);
  QCoreApplication::processEvents();
  EXPECT_TRUE(pins->isHidden());
  session().selection().selectClip(walk);
  QCoreApplication::processEvents();
  EXPECT_TRUE(pins->isVisible());
  press("unpin mine/sneak");
  EXPECT_TRUE(session().wishes().isEmpty());
  EXPECT_TRUE(pins->isHidden());
  EXPECT_EQ(session().changesSinceShown(), 0);
}

}  // namespace
}  // namespace kinescore
