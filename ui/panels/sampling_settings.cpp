#include "ui/panels/sampling_settings.h"

#include "engine/generation/performance.h"
#include "ui/panels/inspector_page.h"
#include "ui/theme/theme.h"

namespace kinescore {

SamplingSettings::SamplingSettings(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
  setObjectName(QStringLiteral("sampling"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  more_ = new QToolButton(this);
  more_->setObjectName(QStringLiteral("more settings"));
  more_->setText(tr("More settings"));
  more_->setCheckable(true);
  more_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  more_->setIconSize({12, 12});
  column->addWidget(more_, 0, Qt::AlignLeft);
  body_ = new QWidget(this);
  column->addWidget(body_);
  auto* fields = new QVBoxLayout(body_);
  fields->setContentsMargins(0, 0, 0, 0);
  fields->setSpacing(8);
  reason_ = makeLabel(tr("This model samples in its own way."), body_);
  reason_->setWordWrap(true);
  fields->addWidget(reason_);

  auto* numbers = new QHBoxLayout;
  numbers->setSpacing(8);
  steps_ = new NumberField(0, 1, SamplingWishes::kMostSteps, body_);
  steps_->setObjectName(QStringLiteral("steps"));
  steps_->setToolTip(tr("How often the network looks at each stretch of eight seconds. More takes longer."));
  guidance_ = new NumberField(1, SamplingWishes::kLeastGuidance, SamplingWishes::kMostGuidance, body_);
  guidance_->setObjectName(QStringLiteral("guidance"));
  guidance_->setToolTip(tr("How far words push. 1 is what the network answers to them, more exaggerates."));
  numbers->addLayout(withLabel(tr("Steps"), steps_, body_));
  numbers->addLayout(withLabel(tr("Guidance"), guidance_, body_));
  fields->addLayout(numbers);
  sampler_ = new SegmentedChoice({tr("DDIM"), tr("DPM-Solver++ 2M")}, body_);
  sampler_->setObjectName(QStringLiteral("sampler"));
  fields->addLayout(withLabel(tr("Sampler"), sampler_, body_));
  avoid_ = new QLineEdit(body_);
  avoid_->setObjectName(QStringLiteral("avoid"));
  avoid_->setAccessibleName(tr("Keep away from"));
  avoid_->setFixedHeight(measure::kField);
  avoid_->setMaxLength(200);
  avoid_->setToolTip(tr("Words that the motion is pushed away from, wherever a prompt stands. Needs a guidance above 1."));
  fields->addLayout(withLabel(tr("Keep away from"), avoid_, body_));
  reset_ = makeLink(tr("As the quality sets it"), body_);
  reset_->setObjectName(QStringLiteral("reset sampling"));
  fields->addWidget(reset_, 0, Qt::AlignLeft);

  connect(more_, &QToolButton::toggled, this, &SamplingSettings::unfold);
  connect(steps_, &NumberField::numberEdited, this, [this](double steps) {
    change([&](SamplingWishes& wishes) { wishes.steps = int(steps); });
  });
  connect(guidance_, &NumberField::numberEdited, this, [this](double guidance) {
    change([&](SamplingWishes& wishes) { wishes.guidance = guidance; });
  });
  connect(sampler_, &SegmentedChoice::chosen, this, [this](int sampler) {
    change([&](SamplingWishes& wishes) { wishes.sampler = Sampler(sampler); });
  });
  connect(avoid_, &QLineEdit::editingFinished, this, [this] {
    change([&](SamplingWishes& wishes) { wishes.avoid = avoid_->text().trimmed().toStdString(); });
  });
  connect(reset_, &QPushButton::clicked, this, [this] { session_.setSampling({}); });
  offer(true);
  unfold(false);
}

void SamplingSettings::unfold(bool on) {
  more_->setChecked(on);
  more_->setIcon(icon(on ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"), colorOf(tokens().t3)));
  body_->setVisible(on);
}

void SamplingSettings::offer(bool offers) {
  for (QWidget* field : {static_cast<QWidget*>(steps_), static_cast<QWidget*>(guidance_), static_cast<QWidget*>(sampler_),
                         static_cast<QWidget*>(avoid_)}) {
    field->setEnabled(offers);
  }
  reason_->setVisible(!offers);
}

void SamplingSettings::change(const std::function<void(SamplingWishes&)>& apply) {
  SamplingWishes wishes = session_.sampling();
  apply(wishes);
  // What is as the quality has it goes on following the quality.
  const SamplerOptions usual = samplerOptionsOf(session_.quality());
  if (wishes.steps == usual.steps) {
    wishes.steps.reset();
  }
  if (wishes.guidance == usual.guidance.textScale) {
    wishes.guidance.reset();
  }
  if (wishes.sampler == usual.sampler) {
    wishes.sampler.reset();
  }
  session_.setSampling(std::move(wishes));
}

void SamplingSettings::refresh() {
  const SamplingWishes& wishes = session_.sampling();
  const SamplerOptions usual = samplerOptionsOf(session_.quality()), now = samplerOptionsOf(session_.quality(), wishes);
  steps_->setUsual(usual.steps);
  guidance_->setUsual(usual.guidance.textScale);
  for (const auto& [field, number] : {std::pair{steps_, double(now.steps)}, std::pair{guidance_, now.guidance.textScale}}) {
    if (!field->hasFocus()) {
      field->setNumber(number);
    }
  }
  sampler_->setCurrent(int(now.sampler));
  if (!avoid_->hasFocus()) {
    avoid_->setText(QString::fromStdString(wishes.avoid));
  }
  reset_->setVisible(!wishes.isEmpty());
  more_->setText(wishes.isEmpty() ? tr("More settings") : tr("More settings, some set by hand"));
}

}  // namespace kinescore
