// Writing prompts in place, with completion, parts of the body and the coach, through the real widgets.
#include <gtest/gtest.h>

#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <atomic>

#include "tests/ui/main_window_fixture.h"
#include "tests/ui/timeline_view_fixture.h"
#include "ui/timeline/prompt_editor.h"
#include "ui/widgets/body_part_choice.h"
#include "ui/widgets/prompt_completion.h"
#include "ui/widgets/prompt_hints.h"

namespace kinescore {
namespace {

CaptionLoader fewCaptions() {
  return []() -> Result<std::shared_ptr<const CaptionBook>> {
    return std::make_shared<const CaptionBook>(std::vector<CaptionBook::Line>{
        {"walk forward", true}, {"walk forward briskly", true}, {"walk in a circle", true}, {"run forward", true}, {"jump up high", true},
        {"raise the left arm", true}, {"wave with the right hand", true}, {"turn around to the left", true}, {"stand still", true}});
  };
}

class PromptEditorTest : public TimelineViewTest {
 protected:
  PromptEditorTest() : help_(fewCaptions()) {
    view_.setPromptHelp(&help_);
    help_.want();
    EXPECT_TRUE(waitUntil([this] { return help_.hasCaptions(); }));
    view_.activateWindow();
  }
  /// Of a prompt from 1 to 5 s.
  void open(const std::string& words = "walk") {
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    clip_ = fixture_.addPrompt(1, 5, words);
    view_.editName(clip_);
    find();
  }
  void openNew(double seconds = 2) {
    QTest::mouseClick(&view_, Qt::LeftButton, Qt::NoModifier, pointAt(fixture_.track(TrackKind::Text), seconds));
    find();
  }
  void find() {
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    panel_ = view_.findChild<PromptEditor*>();
    ASSERT_NE(panel_, nullptr);
    field_ = panel_->findChild<QLineEdit*>(QStringLiteral("promptEditor"));
    list_ = panel_->findChild<PromptCompletion*>();
  }
  void type(const char* words) {
    field_->selectAll();
    QTest::keyClicks(field_, QString::fromLatin1(words));
  }
  QStringList offered() const {
    QStringList lines;
    for (int i = 0; i < list_->count(); ++i) {
      lines << list_->item(i)->text();
    }
    return lines;
  }
  QString hint() const { return panel_->findChild<PromptHints*>()->firstSentence(); }
  bool waitForHint(const char* part) {
    return waitUntil([&] { return hint().contains(QString::fromUtf8(part)); });
  }
  QList<QPushButton*> suggestions() const {
    QList<QPushButton*> shown;
    for (auto* button : panel_->findChildren<QPushButton*>(QStringLiteral("suggestion"))) {
      if (button->isVisibleTo(panel_)) {
        shown << button;
      }
    }
    return shown;
  }
  const TextCondition& text(ObjectId clip) { return std::get<TextCondition>(session().timeline().findClip(clip)->condition); }
  int steps() { return session().document().undoStack().index(); }

  PromptHelp help_;
  ObjectId clip_;
  PromptEditor* panel_ = nullptr;
  QLineEdit* field_ = nullptr;
  PromptCompletion* list_ = nullptr;
};

TEST_F(PromptEditorTest, CaptionsAreOfferedWhileTypingAndEnterKeepsWhatWasTyped) {
  open();
  EXPECT_FALSE(list_->isOpen());
  type("walk fo");
  ASSERT_TRUE(list_->isOpen());
  EXPECT_EQ(offered(), (QStringList{"walk forward", "walk forward briskly"}));
  EXPECT_EQ(list_->currentRow(), -1);
  QTest::keyClick(field_, Qt::Key_Return);
  EXPECT_FALSE(view_.isEditingName());
  EXPECT_EQ(text(clip_).prompt, "walk fo");
}

TEST_F(PromptEditorTest, DownChoosesAndEnterOrTabTakesWithoutEndingTheEdit) {
  for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Tab}) {
    open();
    type("walk fo");
    QTest::keyClick(field_, Qt::Key_Down);
    QTest::keyClick(field_, Qt::Key_Down);
    QTest::keyClick(field_, key);
    EXPECT_TRUE(view_.isEditingName());
    EXPECT_FALSE(list_->isOpen());
    EXPECT_EQ(field_->text(), QStringLiteral("walk forward briskly"));
    const int before = steps();
    QTest::keyClick(field_, Qt::Key_Return);
    EXPECT_EQ(text(clip_).prompt, "walk forward briskly");
    EXPECT_EQ(steps(), before + 1);
  }
}

TEST_F(PromptEditorTest, UpAndDownGoRoundWithWhatIsTypedAsAStop) {
  open();
  type("walk fo");
  QTest::keyClick(field_, Qt::Key_Up);
  EXPECT_EQ(list_->currentRow(), 1);
  QTest::keyClick(field_, Qt::Key_Down);
  EXPECT_EQ(list_->currentRow(), -1);
  QTest::keyClick(field_, Qt::Key_Escape);
  EXPECT_FALSE(list_->isOpen());
  QTest::keyClick(field_, Qt::Key_Down);  // asked for again
  EXPECT_TRUE(list_->isOpen());
}

TEST_F(PromptEditorTest, EscClosesTheListFirstThenGivesUpTheEdit) {
  open();
  type("run");
  ASSERT_TRUE(list_->isOpen());
  QTest::keyClick(field_, Qt::Key_Escape);
  EXPECT_TRUE(view_.isEditingName());
  EXPECT_FALSE(list_->isOpen());
  QTest::keyClick(field_, Qt::Key_Escape);
  EXPECT_FALSE(view_.isEditingName());
  EXPECT_EQ(text(clip_).prompt, "walk");
}

TEST_F(PromptEditorTest, ACaptionIsTakenByAClickAndTheFieldKeepsTheFocus) {
  open();
  type("wav");
  ASSERT_EQ(offered(), QStringList{"wave with the right hand"});
  QTest::mouseClick(list_->viewport(), Qt::LeftButton, Qt::NoModifier, list_->visualItemRect(list_->item(0)).center());
  EXPECT_EQ(field_->text(), QStringLiteral("wave with the right hand"));
  EXPECT_TRUE(view_.isEditingName());
}

TEST_F(PromptEditorTest, WordsAndPartAreOneStepAndAClickElsewhereKeepsThem) {
  open();
  type("waves");
  panel_->findChild<SegmentedChoice*>(QStringLiteral("prompt part"))->findChildren<QToolButton*>().at(2)->click();
  EXPECT_TRUE(view_.isEditingName());
  const int before = steps();
  QTest::mouseClick(&view_, Qt::LeftButton, Qt::NoModifier, {view_.xOf(ticksFromSeconds(9)), 30});
  EXPECT_FALSE(view_.isEditingName());
  EXPECT_EQ(text(clip_), (TextCondition{"waves", BodyPart::RightArm}));
  EXPECT_EQ(steps() - before, 1);
  session().document().undoStack().undo();
  EXPECT_EQ(text(clip_), (TextCondition{"walk", BodyPart::Whole}));
}

TEST_F(PromptEditorTest, EscDropsThePartToo) {
  open();
  panel_->findChild<SegmentedChoice*>(QStringLiteral("prompt part"))->findChildren<QToolButton*>().at(5)->click();
  QTest::keyClick(field_, Qt::Key_Escape);
  EXPECT_EQ(text(clip_).part, BodyPart::Whole);
}

TEST_F(PromptEditorTest, TheCoachsFirstHintHasButtonsThatRewriteTheWords) {
  open("raises an arm");
  ASSERT_TRUE(waitForHint("Which arm?"));
  ASSERT_EQ(suggestions().size(), 2);
  EXPECT_EQ(suggestions().at(1)->text(), QStringLiteral("raises the right arm"));
  suggestions().at(1)->click();
  EXPECT_EQ(field_->text(), QStringLiteral("raises the right arm"));
  EXPECT_TRUE(hint().isEmpty());
  QTest::keyClick(field_, Qt::Key_Return);
  EXPECT_EQ(text(clip_).prompt, "raises the right arm");
}

TEST_F(PromptEditorTest, HintsFollowWhatIsTypedAfterAPause) {
  open("walk forward");
  EXPECT_TRUE(hint().isEmpty());
  type("zorbs");
  EXPECT_TRUE(waitForHint("zorbs"));
}

TEST_F(PromptEditorTest, TwoActionsBecomeTwoPromptsInOneClickAndOneStep) {
  open("walks and then jumps up");
  ASSERT_TRUE(waitForHint("One action"));
  const int before = steps();
  suggestions().at(0)->click();
  EXPECT_FALSE(view_.isEditingName());
  const auto clips = session().timeline().clipsOf(fixture_.track(TrackKind::Text));
  ASSERT_EQ(clips.size(), 2u);
  EXPECT_EQ(text(clips[0]->id).prompt, "walks");
  EXPECT_EQ(text(clips[1]->id).prompt, "jumps up");
  EXPECT_EQ(clips[0]->span, (TimeRange{ticksFromSeconds(1), ticksFromSeconds(3)}));
  EXPECT_EQ(clips[1]->span, (TimeRange{ticksFromSeconds(3), ticksFromSeconds(5)}));
  EXPECT_EQ(steps(), before + 1);
  session().document().undoStack().undo();
  EXPECT_EQ(session().timeline().clipsOf(fixture_.track(TrackKind::Text)).size(), 1u);
}

TEST_F(PromptEditorTest, ANewPromptThatIsSplitIsOneStepToo) {
  openNew();
  type("walks and then jumps up");
  ASSERT_TRUE(waitForHint("One action"));
  QTest::keyClick(field_, Qt::Key_Escape);  // the list, if it is open
  find();
  suggestions().at(0)->click();
  EXPECT_EQ(session().timeline().clipsOf(fixture_.track(TrackKind::Text)).size(), 2u);
  EXPECT_EQ(steps(), 1);
  session().document().undoStack().undo();
  EXPECT_TRUE(session().timeline().clipsOf(fixture_.track(TrackKind::Text)).empty());
}

TEST_F(PromptEditorTest, TheOtherArmIsOneClickAway) {
  open("wave with the right hand");
  panel_->findChild<SegmentedChoice*>(QStringLiteral("prompt part"))->findChildren<QToolButton*>().at(1)->click();
  ASSERT_TRUE(waitForHint("left arm"));
  suggestions().at(0)->click();
  EXPECT_EQ(panel_->part(), BodyPart::RightArm);
}

TEST_F(PromptEditorTest, TabGoesFromTheFieldToThePartsAndTheSuggestions) {
  open("raises an arm");
  ASSERT_TRUE(waitForHint("Which arm?"));
  field_->setFocus();
  QTest::keyClick(field_, Qt::Key_Tab);
  EXPECT_TRUE(view_.isEditingName());
  QWidget* now = QApplication::focusWidget();
  ASSERT_NE(now, nullptr);
  EXPECT_TRUE(panel_->findChild<SegmentedChoice*>(QStringLiteral("prompt part"))->isAncestorOf(now)) << now->metaObject()->className();
  QTest::keyClick(now, Qt::Key_Tab);
  EXPECT_EQ(QApplication::focusWidget(), suggestions().at(0));
  QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
  EXPECT_FALSE(view_.isEditingName());
}

TEST_F(PromptEditorTest, ItLiesWithinTheCanvasNearEveryEdgeAndInASmallOne) {
  for (const QSize size : {QSize(1294, 374), QSize(900, 210), QSize(700, 190)}) {
    view_.resize(size);
    view_.fitAll();
    for (const double start : {0.0, 4.0, 9.6}) {
      const ObjectId clip = fixture_.addPrompt(start, start + 0.4, "walks and then raises an arm");
      view_.editName(clip);
      find();
      const QRect place = panel_->geometry();
      EXPECT_TRUE(view_.rect().contains(place)) << size.width() << ", " << start << ": " << place.x() << " " << place.y() << " " << place.width() << " " << place.height();
      EXPECT_GE(panel_->width(), 190);
      type("walk");
      ASSERT_TRUE(list_->isOpen());
      EXPECT_TRUE(view_.rect().contains(panel_->geometry())) << size.width() << ", " << start << " with captions";
      EXPECT_TRUE(panel_->rect().contains(list_->geometry()));
      EXPECT_GE(list_->height(), 40);
      EXPECT_FALSE(list_->geometry().intersects(field_->geometry()));
      QTest::keyClick(field_, Qt::Key_Escape);
      QTest::keyClick(field_, Qt::Key_Escape);
      QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
  }
}

TEST_F(PromptEditorTest, LettersAreNoCommandsWhileAPartHasTheFocusAndCtrlSIsOne) {
  open();
  auto* part = panel_->findChild<SegmentedChoice*>(QStringLiteral("prompt part"))->findChildren<QToolButton*>().at(0);
  const auto isTaken = [&](int key, Qt::KeyboardModifiers modifiers, const char* words) {
    QKeyEvent event(QEvent::ShortcutOverride, key, modifiers, QString::fromLatin1(words));
    event.ignore();
    QApplication::sendEvent(part, &event);
    return event.isAccepted();
  };
  EXPECT_TRUE(isTaken(Qt::Key_M, Qt::NoModifier, "m"));
  EXPECT_TRUE(isTaken(Qt::Key_Escape, Qt::NoModifier, "\x1b"));
  EXPECT_FALSE(isTaken(Qt::Key_S, Qt::ControlModifier, "\x13"));
  EXPECT_FALSE(isTaken(Qt::Key_F6, Qt::NoModifier, ""));
}

TEST_F(PromptEditorTest, ALockedClipIsNotOpened) {
  clip_ = fixture_.addPrompt(1, 3, "walk");
  Clip locked = *session().timeline().findClip(clip_);
  locked.locked = true;
  session().document().edit(QStringLiteral("Lock"), changeClip(session().timeline(), locked));
  view_.editName(clip_);
  EXPECT_FALSE(view_.isEditingName());
}

TEST_F(PromptEditorTest, ItGoesWithItsClip) {
  open();
  const std::vector<ObjectId> ids{clip_};
  session().document().edit(QStringLiteral("Delete"), deleteClips(session().timeline(), ids));
  EXPECT_FALSE(view_.isEditingName());
}

TEST_F(PromptEditorTest, AnEmptyTimelineTakesItsFirstWordsBelowTheTracks) {
  auto* first = view_.findChild<QWidget*>(QStringLiteral("firstPrompt"));
  ASSERT_NE(first, nullptr);
  ASSERT_FALSE(first->isHidden());
  EXPECT_TRUE(view_.rect().contains(first->geometry()));
  auto* field = first->findChild<QLineEdit*>(QStringLiteral("firstPromptWords"));
  EXPECT_FALSE(first->findChild<QPushButton*>(QStringLiteral("firstPromptGenerate"))->isEnabled());
  QSignalSpy given(&view_, &TimelineView::firstPromptGiven);
  QTest::keyClick(field, Qt::Key_Return);
  EXPECT_EQ(given.count(), 0) << "no words yet";
  const int steps = session().document().undoStack().count();
  QTest::keyClicks(field, QStringLiteral("walk and wave"));
  QTest::keyClick(field, Qt::Key_Return);
  EXPECT_EQ(given.count(), 1);
  const auto& clips = session().timeline().clipsOf(fixture_.track(TrackKind::Text));
  ASSERT_EQ(clips.size(), 1u);
  EXPECT_EQ(std::get<TextCondition>(clips[0]->condition).prompt, "walk and wave");
  EXPECT_EQ(clips[0]->span.start, Ticks{0});
  EXPECT_EQ(session().document().undoStack().count(), steps + 1);
  EXPECT_TRUE(first->isHidden());
  session().document().undoStack().undo();
  EXPECT_FALSE(first->isHidden());
  view_.resize(view_.width(), 90);
  EXPECT_TRUE(first->isHidden()) << "no room";
}

TEST_F(PromptEditorTest, ANewPromptEndsWithTheProject) {
  const Ticks all = session().timeline().settings().duration;
  for (const double before : {1.0, 0.05}) {
    openNew(secondsOf(all) - before);
    type("stops");
    QTest::keyClick(field_, Qt::Key_Return);
    const auto& clips = session().timeline().clipsOf(fixture_.track(TrackKind::Text));
    ASSERT_EQ(clips.size(), 1u);
    EXPECT_EQ(clips[0]->span.end, all);
    EXPECT_GE(secondsOf(clips[0]->span.length()), 0.45);
    session().document().undoStack().undo();
  }
}

TEST(PromptHelp, CaptionsAreReadOnceElsewhereAndALibraryThatFailsLeavesTheWordLists) {
  testApplication();
  std::atomic<int> reads = 0;
  std::atomic<bool> wasHere = false;
  const std::thread::id here = std::this_thread::get_id();
  PromptHelp help([&]() -> Result<std::shared_ptr<const CaptionBook>> {
    ++reads;
    wasHere = std::this_thread::get_id() == here;
    return Error{ErrorCode::NotFound, "The library is gone."};
  });
  EXPECT_EQ(reads, 0);
  help.want();
  help.want();
  ASSERT_TRUE(waitUntil([&] { return reads == 1; }));
  EXPECT_FALSE(wasHere);
  EXPECT_FALSE(help.hasCaptions());
  EXPECT_TRUE(help.completions(QStringLiteral("walk")).isEmpty());
  ASSERT_EQ(help.hints(QStringLiteral("raises an arm"), BodyPart::Whole, 2).size(), 1u);
}

TEST(PromptHelp, AnAnswerThatComesLateIsDropped) {
  testApplication();
  {
    PromptHelp help([] { return fewCaptions()(); });
    help.want();
  }
  QCoreApplication::processEvents();
}

// ---- in the inspector -------------------------------------------------------------------------

class InspectorPromptTest : public MainWindowTest {
 protected:
  void SetUp() override {
    testApplication();
    service_ = std::make_unique<MotionService>(fakeEngine());
    WindowServices services{*service_, QStringLiteral("CPU · fake"), {}, folder_.path() / "state"};
    services.loadCaptions = fewCaptions();
    window_ = std::make_unique<MainWindow>(services);
    window_->setAsksBeforeClosing(false);
    window_->show();
    window_->activateWindow();
    QCoreApplication::processEvents();
    prompt_ = window_->findChild<QPlainTextEdit*>(QStringLiteral("prompt"));
    page_ = prompt_->parentWidget()->parentWidget();
    help_ = window_->findChild<PromptHelp*>();
  }
  void select(const std::string& words) {
    clip_ = addPrompt(words);
    session().selection().selectClip(clip_);
    ASSERT_TRUE(waitUntil([&] { return help_->hasCaptions(); }));
    QCoreApplication::processEvents();
  }
  const TextCondition& text() { return std::get<TextCondition>(session().timeline().findClip(clip_)->condition); }

  ObjectId clip_;
  QPlainTextEdit* prompt_ = nullptr;
  QWidget* page_ = nullptr;
  PromptHelp* help_ = nullptr;
};

TEST_F(InspectorPromptTest, TheFieldIsCompletedAsOneStep) {
  select("walk");
  const int before = session().document().undoStack().index();
  prompt_->setFocus();
  prompt_->selectAll();
  QTest::keyClicks(prompt_, QStringLiteral("walk fo"));
  auto* list = page_->findChild<PromptCompletion*>();
  ASSERT_NE(list, nullptr);
  ASSERT_TRUE(list->isOpen());
  QTest::keyClick(prompt_, Qt::Key_Down);
  QTest::keyClick(prompt_, Qt::Key_Return);
  EXPECT_EQ(text().prompt, "walk forward");
  EXPECT_FALSE(list->isOpen());
  EXPECT_EQ(session().document().undoStack().index(), before + 1);
}

TEST_F(InspectorPromptTest, HintsStandUnderTheWordsAndAreTakenByAClick) {
  select("moves forward");
  auto* hints = page_->findChild<PromptHints*>();
  ASSERT_NE(hints, nullptr);
  ASSERT_TRUE(hints->firstSentence().contains(QStringLiteral("moves")));
  auto* first = hints->findChild<QPushButton*>(QStringLiteral("suggestion"));
  ASSERT_NE(first, nullptr);
  first->click();
  EXPECT_EQ(text().prompt, "walks forward");
  EXPECT_EQ(prompt_->toPlainText(), QStringLiteral("walks forward"));
  EXPECT_TRUE(hints->firstSentence().isEmpty());
}

TEST_F(InspectorPromptTest, TheFigureAndTheButtonsSayTheSame) {
  select("wave");
  auto* choice = window_->findChild<BodyPartChoice*>(QStringLiteral("body part"));
  auto* figure = choice->findChild<BodyFigure*>();
  for (const BodyPart part : {BodyPart::LeftArm, BodyPart::RightArm, BodyPart::Head, BodyPart::Spine, BodyPart::Legs}) {
    QTest::mouseClick(figure, Qt::LeftButton, Qt::NoModifier, figure->placeOf(part).toPoint());
    EXPECT_EQ(text().part, part);
    EXPECT_EQ(choice->current(), int(part));
  }
  QTest::mouseClick(figure, Qt::LeftButton, Qt::NoModifier, figure->placeOf(BodyPart::Legs).toPoint());
  EXPECT_EQ(text().part, BodyPart::Whole);  // the lit one again
  QTest::mouseClick(figure, Qt::LeftButton, Qt::NoModifier, {1, 1});
  EXPECT_EQ(text().part, BodyPart::Whole);
}

// In the real window Esc leaves a text field; here it first belongs to the list.
TEST_F(InspectorPromptTest, EscOnTheTimelineClosesTheListFirstThenGivesTheWordsUp) {
  select("walk");
  TimelineView& view = window_->timeline();
  view.fitAll();
  view.setFocus();
  QTest::mouseDClick(&view, Qt::LeftButton, Qt::NoModifier, view.rectOf(clip_).center());
  auto* editor = view.findChild<PromptEditor*>();
  ASSERT_NE(editor, nullptr);
  auto* field = editor->findChild<QLineEdit*>(QStringLiteral("promptEditor"));
  field->setFocus();
  field->selectAll();
  QTest::keyClicks(field, QStringLiteral("run"));
  auto* list = editor->findChild<PromptCompletion*>();
  ASSERT_TRUE(list->isOpen());
  QTest::keyClick(field, Qt::Key_Escape);
  QTest::qWait(20);
  EXPECT_FALSE(list->isOpen());
  ASSERT_TRUE(view.isEditingName());
  EXPECT_EQ(field->text(), QStringLiteral("run"));
  QTest::keyClick(field, Qt::Key_Escape);
  QTest::qWait(20);
  EXPECT_FALSE(view.isEditingName());
  EXPECT_EQ(text().prompt, "walk");
  EXPECT_EQ(QApplication::focusWidget(), &view);
}

TEST_F(InspectorPromptTest, EscInTheInspectorClosesTheListFirstThenLeavesTheField) {
  select("walk");
  prompt_->setFocus();
  prompt_->selectAll();
  QTest::keyClicks(prompt_, QStringLiteral("run"));
  auto* list = page_->findChild<PromptCompletion*>();
  ASSERT_TRUE(list->isOpen());
  QTest::keyClick(prompt_, Qt::Key_Escape);
  QTest::qWait(20);
  EXPECT_FALSE(list->isOpen());
  EXPECT_EQ(QApplication::focusWidget(), prompt_);
  QTest::keyClick(prompt_, Qt::Key_Escape);
  QTest::qWait(20);
  EXPECT_EQ(QApplication::focusWidget(), &window_->timeline());
  EXPECT_EQ(text().prompt, "run");
}

TEST_F(InspectorPromptTest, TheHistoryNamesTheWordsThatAPromptWasGiven) {
  select("walk");
  prompt_->setFocus();
  prompt_->selectAll();
  QTest::keyClicks(prompt_, QStringLiteral("jump"));
  const QUndoStack& history = session().document().undoStack();
  EXPECT_EQ(history.undoText(), QStringLiteral("Change prompt “jump”"));
  prompt_->clearFocus();
  session().selection().selectNothing();
  session().selection().selectClip(clip_);
  prompt_->selectAll();
  QTest::keyClicks(prompt_, QStringLiteral("run in a very wide circle around the fountain"));
  EXPECT_TRUE(history.undoText().startsWith(QStringLiteral("Change prompt “run in a very wide"))) << history.undoText().toStdString();
  EXPECT_LT(history.undoText().size(), 48);
}

}  // namespace
}  // namespace kinescore
