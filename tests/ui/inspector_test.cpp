#include <gtest/gtest.h>

#include <QPlainTextEdit>

#include "tests/ui/main_window_fixture.h"
#include "ui/document/edit_commands.h"
#include "ui/timeline/timeline_painter.h"
#include "ui/widgets/basics.h"
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
  auto* part = window_->findChild<SegmentedChoice*>(QStringLiteral("body part"));
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
  const auto press = [&](const char* name) {
    auto* link = window_->findChild<QPushButton*>(QString::fromLatin1(name));
    ASSERT_NE(link, nullptr) << name;
    link->click();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
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
  const auto press = [&](const char* name) {
    auto* link = window_->findChild<QPushButton*>(QString::fromLatin1(name));
    ASSERT_NE(link, nullptr) << name;
    link->click();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
  };
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

}  // namespace
}  // namespace kinescore
