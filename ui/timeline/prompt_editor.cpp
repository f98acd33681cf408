#include "ui/timeline/prompt_editor.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>

#include "ui/theme/theme.h"
#include "ui/widgets/prompt_completion.h"
#include "ui/widgets/prompt_hints.h"

namespace kinescore {
namespace {

constexpr int kWidth = 400, kMostWidth = 560;
constexpr int kPad = 5;
constexpr int kLeastList = 48;  // a list lower than two rows is none
constexpr int kPause = 350;     // milliseconds

}  // namespace

PromptEditor::PromptEditor(PromptHelp* help, const Subject& subject, QWidget* parent)
    : Panel("prompt", parent), help_(help), part_(subject.part), seconds_(subject.seconds) {
  setObjectName(QStringLiteral("prompt panel"));
  field_ = new QLineEdit(subject.words, this);
  field_->setObjectName(QStringLiteral("promptEditor"));
  field_->setAccessibleName(tr("Prompt"));
  field_->setPlaceholderText(tr("What happens here?"));
  field_->setFont(uiFont(12));
  field_->setMaxLength(500);
  field_->setFixedHeight(measure::kField);
  setFocusPolicy(Qt::ClickFocus);  // a click between its parts is no click elsewhere
  setFocusProxy(field_);
  parts_ = new SegmentedChoice({tr("Whole"), tr("Left arm"), tr("Right arm"), tr("Head"), tr("Spine"), tr("Legs")}, this);
  parts_->setObjectName(QStringLiteral("prompt part"));
  parts_->setAccessibleName(tr("Body part"));
  parts_->setToolTip(tr("The part of the body that these words are for. The rest follows the other prompts."));
  parts_->setCurrent(int(part_));
  hints_ = new PromptHints(this);
  completions_ = new PromptCompletion(help, *field_, this);
  column_ = new QBoxLayout(QBoxLayout::TopToBottom, this);
  column_->setContentsMargins(kPad, kPad, kPad, kPad);
  column_->setSpacing(kPad);
  column_->addWidget(field_);
  column_->addWidget(completions_);
  column_->addWidget(parts_);
  column_->addWidget(hints_);
  field_->installEventFilter(this);

  connect(parts_, &SegmentedChoice::chosen, this, [this](int part) {
    part_ = BodyPart(part);
    refreshHints();
  });
  connect(field_, &QLineEdit::textEdited, this, [this] { pause_.start(); });
  connect(field_, &QLineEdit::returnPressed, this, [this] { Q_EMIT finished(true); });
  connect(completions_, &PromptCompletion::shownChanged, this, &PromptEditor::arrange);
  connect(completions_, &PromptCompletion::taken, this, &PromptEditor::refreshHints);
  connect(hints_, &PromptHints::chosen, this, &PromptEditor::take);
  pause_.setSingleShot(true);
  pause_.setInterval(kPause);
  connect(&pause_, &QTimer::timeout, this, &PromptEditor::refreshHints);
  if (help != nullptr) {
    connect(help, &PromptHelp::ready, this, &PromptEditor::refreshHints);
  }
  // Another window on top of ours is no click elsewhere.
  connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
    if (now != nullptr && now != this && !isAncestorOf(now) && isVisible() && now->window() == window()) {
      Q_EMIT finished(true);
    }
  });
}

QString PromptEditor::words() const { return field_->text().simplified(); }

void PromptEditor::begin() {
  if (help_ != nullptr) {
    help_->want();
  }
  refreshHints();
  show();
  raise();
  field_->setFocus();
  // From the end to the beginning: long words are seen from their start.
  const int length = int(field_->text().size());
  field_->setSelection(length, -length);
}

void PromptEditor::refreshHints() {
  pause_.stop();
  const PromptHelp bare(CaptionLoader{});
  const PromptHelp& help = help_ != nullptr ? *help_ : bare;
  hints_->setHints(help.hints(field_->text(), part_, seconds_), 1);
  arrange();
}

void PromptEditor::placeOn(const QRect& clip, int left) {
  clip_ = clip;
  left_ = left;
  arrange();
}

void PromptEditor::arrange() {
  const QWidget* canvas = parentWidget();
  if (canvas == nullptr || clip_.isNull()) {
    return;
  }
  // While captions are offered, hints on half a word would only be in the way.
  const bool isListing = completions_->isOpen();
  hints_->setVisible(!isListing && !hints_->firstSentence().isEmpty());
  const int room = canvas->width() - left_ - 8;
  const int wide = std::min(std::clamp(clip_.width() + 2 * kPad, kWidth, kMostWidth), std::max(room, 200));
  const int x = std::max(left_ + 4, std::min(clip_.left() - kPad, canvas->width() - wide - 4));
  if (completions_->isOpen()) {
    completions_->setFixedHeight(completions_->fullHeight());
    completions_->show();
  }
  column_->invalidate();
  const auto heightNow = [&] { return column_->hasHeightForWidth() ? column_->totalHeightForWidth(wide) : column_->totalSizeHint().height(); };
  int high = heightNow();
  const int middle = clip_.center().y(), half = measure::kField / 2 + kPad;
  const int below = canvas->height() - (middle - half), above = middle + half;
  const bool isUp = high > below && above > below;
  column_->setDirection(isUp ? QBoxLayout::BottomToTop : QBoxLayout::TopToBottom);
  // The list gives way before the field leaves its clip.
  const int ample = isUp ? above : below;
  if (isListing && high > ample) {
    completions_->setFixedHeight(std::max(kLeastList, completions_->fullHeight() - (high - ample)));
    column_->invalidate();
    high = heightNow();
  }
  const int y = isUp ? middle + half - high : middle - half;
  setGeometry(x, std::max(0, std::min(y, canvas->height() - high)), wide, high);
}

void PromptEditor::take(const PromptSuggestion& suggestion) {
  if (!suggestion.second.empty()) {
    PromptSuggestion split = suggestion;
    split.part = suggestion.part.value_or(part_);
    Q_EMIT splitWanted(split);
    return;
  }
  part_ = suggestion.part.value_or(part_);
  parts_->setCurrent(int(part_));
  field_->setText(QString::fromStdString(suggestion.prompt));
  field_->setFocus();
  refreshHints();
}

bool PromptEditor::eventFilter(QObject* object, QEvent* event) {
  // Before the list of captions sees it: installed later than its own filter, so asked first.
  if (object == field_ && event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape && !completions_->isOpen()) {
    Q_EMIT finished(false);
    return true;
  }
  return Panel::eventFilter(object, event);
}

// What the field, a part or a suggestion leaves alone.
bool PromptEditor::event(QEvent* event) {
  const bool isKey = event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride;
  if (isKey) {
    const auto* pressed = static_cast<QKeyEvent*>(event);
    const int key = pressed->key();
    const bool isEnter = key == Qt::Key_Return || key == Qt::Key_Enter;
    if (key == Qt::Key_Escape || isEnter) {
      event->accept();
      if (event->type() == QEvent::KeyPress) {
        Q_EMIT finished(isEnter);
      }
      return true;
    }
    // Letters are no commands while words are written; Ctrl+S saves all the same.
    const bool isBare = (pressed->modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == 0;
    if (event->type() == QEvent::ShortcutOverride && isBare && !pressed->text().isEmpty() && pressed->text().front().isPrint()) {
      event->accept();
      return true;
    }
  }
  const bool isDone = Panel::event(event);
  if (event->type() == QEvent::LayoutRequest) {
    arrange();  // other words take another height
  }
  return isDone;
}

}  // namespace kinescore
