// The part of Inspector for several selected clips: what they have in common is edited in all of them.
#include <QPlainTextEdit>
#include <QStackedWidget>

#include "ui/document/edit_commands.h"
#include "ui/panels/inspector.h"
#include "ui/panels/inspector_page.h"
#include "ui/theme/theme.h"

namespace kinescore {
namespace {

/// The same in all, or nothing.
template <class Value, class Get>
std::optional<Value> inCommon(const std::vector<Clip>& clips, const Get& get) {
  std::optional<Value> common;
  for (const Clip& clip : clips) {
    const Value value = get(clip);
    if (common && *common != value) {
      return std::nullopt;
    }
    common = value;
  }
  return common;
}

const TextCondition& textOf(const Clip& clip) { return std::get<TextCondition>(clip.condition); }

}  // namespace

QWidget* Inspector::makeManyPage() {
  const PageParts page = makePage(this);
  manyWords_ = new QLabel(page.body);
  manyWords_->setWordWrap(true);
  QVBoxLayout* section = addSection(page);
  section->addWidget(manyWords_);
  manyTimes_ = new QWidget(page.body);
  auto* row = new QHBoxLayout(manyTimes_);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(10);
  manyStart_ = new FrameField(manyTimes_);
  manyStart_->setObjectName(QStringLiteral("manyStart"));
  manyLength_ = new FrameField(manyTimes_);
  manyLength_->setObjectName(QStringLiteral("manyLength"));
  manyLength_->setUnit(tr(" f"));
  row->addLayout(withLabel(tr("Start"), manyStart_, manyTimes_));
  manyStrength_ = new NumberField(2, 0, 1, manyTimes_);
  manyStrength_->setObjectName(QStringLiteral("manyStrength"));
  manyStrength_->setUsual(1);
  row->addLayout(withLabel(tr("Length"), manyLength_, manyTimes_));
  row->addLayout(withLabel(tr("Strength"), manyStrength_, manyTimes_));
  section->addWidget(manyTimes_);
  connect(manyStart_, &FrameField::frameEdited, this, [this](qint64 frame) {
    moveSelectionTo(session_, ticksOfFrame(frame, session_.rate()));
    refresh();
  });
  connect(manyLength_, &FrameField::frameEdited, this, [this](qint64 frames) {
    scaleSelectionTo(session_, ticksOfFrame(frames, session_.rate()));
    refresh();
  });
  connect(manyStrength_, &NumberField::numberEdited, this, [this](double strength) {
    shapeSelection(session_, strength < 1 ? std::vector<ShapePoint>{{0, float(strength)}} : std::vector<ShapePoint>());
    refresh();
  });
  manyTexts_ = makeManyTexts(page.body);
  section->addWidget(manyTexts_);
  page.column->addStretch(1);
  return page.scroll;
}

QWidget* Inspector::makeManyTexts(QWidget* parent) {
  auto* box = new QWidget(parent);
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(0, 6, 0, 0);
  column->setSpacing(8);
  manyPrompt_ = new QPlainTextEdit(box);
  manyPrompt_->setObjectName(QStringLiteral("manyPrompt"));
  manyPrompt_->setAccessibleName(tr("Prompt of all selected clips"));
  manyPrompt_->setFixedHeight(58);
  manyPrompt_->setFont(uiFont(13));
  manyPrompt_->setStyleSheet(QStringLiteral("font-size: 13px;"));
  manyPrompt_->setTabChangesFocus(true);
  manyPart_ = new SegmentedChoice({tr("Whole"), tr("Left arm"), tr("Right arm"), tr("Head"), tr("Spine"), tr("Legs")}, box, 3);
  manyPart_->setObjectName(QStringLiteral("manyPart"));
  column->addLayout(withLabel(tr("Prompt of all"), static_cast<QWidget*>(manyPrompt_), box));
  column->addLayout(withLabel(tr("Body part of all"), static_cast<QWidget*>(manyPart_), box));
  connect(manyPrompt_, &QPlainTextEdit::textChanged, this, [this] {
    if (isRefreshing_) {
      return;
    }
    if (typing_ == kNoGesture) {
      typing_ = session_.document().newGesture();
    }
    setSelectedPrompts(session_, manyPrompt_->toPlainText().simplified(), typing_);
  });
  connect(manyPart_, &SegmentedChoice::chosen, this, [this](int part) {
    typing_ = kNoGesture;
    setSelectedBodyPart(session_, BodyPart(part));
  });
  return box;
}

void Inspector::refreshMany() {
  manyWords_->setText(tr("They are moved, scaled, muted and locked together."));
  const FrameRate rate = session_.rate();
  const auto span = spanOfSelection(session_);
  manyTimes_->setVisible(span.has_value());
  if (span) {
    manyStart_->setRate(rate);
    manyLength_->setRate(rate);
    manyStart_->setFrame(nearestFrame(span->start, rate));
    manyLength_->setFrame(nearestFrame(span->length(), rate));
    // Of the first; what is typed becomes that of all.
    const auto first = firstClip();
    manyStrength_->setNumber(first ? double(first->strength.at(Ticks{0})) : 1);
    manyStrength_->setToolTip(tr("How far all of them are obeyed, from their start to their end."));
  }
  refreshManyTexts();
  pages_->setCurrentIndex(ForMany);
}

void Inspector::refreshManyTexts() {
  std::vector<Clip> texts;
  bool isOpen = true;
  for (const ObjectId id : session_.selection().clips()) {
    const auto clip = session_.timeline().findClip(id);
    if (clip == nullptr || !std::holds_alternative<TextCondition>(clip->condition)) {
      manyTexts_->hide();
      return;
    }
    const auto track = session_.timeline().findTrack(clip->trackId);
    isOpen = isOpen && !clip->locked && !(track && track->locked);
    texts.push_back(*clip);
  }
  const auto prompt = inCommon<std::string>(texts, [](const Clip& clip) { return textOf(clip).prompt; });
  const auto part = inCommon<BodyPart>(texts, [](const Clip& clip) { return textOf(clip).part; });
  const QString words = prompt ? QString::fromStdString(*prompt) : QString();
  if (manyPrompt_->toPlainText().simplified() != words) {
    manyPrompt_->setPlainText(words);
  }
  manyPrompt_->setPlaceholderText(prompt ? tr("What the character does") : tr("Different words; what you write replaces them"));
  manyPart_->setCurrent(part ? int(*part) : -1);
  manyPrompt_->setEnabled(isOpen);
  manyPart_->setEnabled(isOpen);
  manyTexts_->show();
}

}  // namespace kinescore
