// Draws the charts of the shown language and switches between languages. No network, nothing remembered.
(function () {
  "use strict";
  var drawn = new Map();
  var LEGEND_ROW = 24;
  var LOCALES = { en: "en-US", zh: "zh-CN" };

  function writer(unit, currency, locale, axis) {
    var style = unit === "money" ? { style: "currency", currency: currency } : unit === "percent" ? { style: "percent" } : {};
    return function (value) {
      if (value === null || value === undefined || value === "" || isNaN(value)) { return "–"; }
      var size = Math.abs(value), form = Object.assign({}, style);
      if (axis && size >= 10000 && unit !== "percent") { form.notation = "compact"; form.maximumFractionDigits = 1; }
      else if (unit === "percent") { form.maximumFractionDigits = axis && size >= 0.1 ? 0 : 1; }
      else if (unit === "int") { form.maximumFractionDigits = 0; }
      else if (unit === "money") { form.minimumFractionDigits = 0; form.maximumFractionDigits = size >= 100 ? 0 : 2; }
      else { form.minimumFractionDigits = axis ? 0 : 2; form.maximumFractionDigits = axis || size >= 1 ? 2 : 3; }
      if (unit === "percent" && size > 0 && size < 0.0005) { return "<" + new Intl.NumberFormat(locale, form).format(0.001); }
      return new Intl.NumberFormat(locale, form).format(value).replace("-", "−");
    };
  }

  function colours() {
    var style = getComputedStyle(document.documentElement);
    function read(name) { return style.getPropertyValue(name).trim(); }
    return { ink: read("--ink"), soft: read("--soft"), faint: read("--faint"), rule: read("--rule"), sheet: read("--sheet"), paper: read("--paper") };
  }

  function dressAxis(axis, write, tone, room) {
    var label = Object.assign({ color: tone.soft, fontSize: 12 }, axis.axisLabel);
    if (axis.type === "value") { label.formatter = write; label.hideOverlap = true; }
    else if (room) { Object.assign(label, { width: room, overflow: "break", lineHeight: 15, fontSize: 13, color: tone.ink }); }
    axis.axisLabel = label;
    axis.axisLine = { show: axis.type === "category", onZero: false, lineStyle: { color: tone.faint } };
    axis.splitLine = Object.assign({ lineStyle: { color: tone.rule } }, axis.splitLine);
    axis.nameTextStyle = Object.assign({ color: tone.faint, fontSize: 12 }, axis.nameTextStyle);
  }

  function widths(texts) {
    var pen = document.createElement("canvas").getContext("2d");
    pen.font = "13px " + getComputedStyle(document.body).fontFamily;
    return texts.map(function (text) { return pen.measureText(text).width; });
  }

  function width(texts) { return Math.ceil(Math.max.apply(null, widths(texts))) + 2; }

  // How much taller a legend is than one row, once its names are wrapped into `space`.
  function wrapped(option, space) {
    if (!option.legend.show) { return 0; }
    var names = option.series.map(function (series) { return series.name; });
    var rows = 1, used = 0;
    widths(names.filter(function (name, at) { return names.indexOf(name) === at; })).forEach(function (text) {
      var item = option.legend.itemWidth + 5 + text + option.legend.itemGap;
      if (used && used + item > space) { rows += 1; used = 0; }
      used += item;
    });
    return (rows - 1) * LEGEND_ROW;
  }

  // The height of a chart in a half column: as tall as its neighbour, unless its rows give it one of its own.
  function tall(place, chart) {
    var figure = place.closest("figure");
    if (chart.horizontal || !figure.classList.contains("half")) { return chart.height; }
    var beside = [figure.previousElementSibling, figure.nextElementSibling].find(function (other) {
      return other && other.matches("figure.half") && Math.abs(other.offsetTop - figure.offsetTop) < 2;
    });
    var data = beside && beside.querySelector("script[data-chart]");
    return data ? Math.max(chart.height, JSON.parse(data.textContent).height) : chart.height;
  }

  function dress(chart, locale, space) {
    var option = JSON.parse(JSON.stringify(chart.option)), tone = colours();
    var write = writer(chart.unit, chart.currency, locale, false), ticks = writer(chart.unit, chart.currency, locale, true);
    var room = chart.horizontal ? Math.min(230, Math.round(space * 0.36), width(chart.names)) : 0;
    option.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily, color: tone.ink };
    option.legend.textStyle = { color: tone.ink, fontSize: 13 };
    if (option.xAxis.type === "value" && space < 520) { option.xAxis.splitNumber = 3; }
    dressAxis(option.xAxis, chart.x_unit && !chart.horizontal ? writer(chart.x_unit, chart.currency, locale, true) : ticks, tone, 0);
    dressAxis(option.yAxis, ticks, tone, room);
    if (chart.interval) {
      Object.assign(option.yAxis.axisLabel, {
        width: room, overflow: "break", lineHeight: 15, fontSize: 13, color: tone.ink,
        formatter: function (value) { return chart.names[value] === undefined ? "" : chart.names[value]; }
      });
    }
    option.tooltip.backgroundColor = tone.sheet;
    option.tooltip.borderColor = tone.rule;
    option.tooltip.textStyle = { color: tone.ink, fontSize: 13 };
    var across = writer(chart.x_unit, chart.currency, locale, false);
    option.tooltip.valueFormatter = function (value) { return Array.isArray(value) ? across(value[0]) + " · " + write(value[1]) : write(value); };
    // Points of a curve may stand a little aside of their x: the axis says it.
    if (chart.curve) { option.tooltip.valueFormatter = function (value) { return write(Array.isArray(value) ? value[1] : value); }; }
    if (chart.interval) { option.tooltip.valueFormatter = function (value) { return write(Array.isArray(value) ? value[0] : value); }; }
    var short = chart.unit === "money" || chart.unit === "int" ? ticks : write;
    if (chart.unit === "number") { short = function (value) { return value.toFixed(2).replace("-", "−"); }; }
    option.series.forEach(function (series) {
      if (series.label && series.label.show) { series.label.color = tone.soft; if (!series.label.formatter) { series.label.formatter = function (point) { return short(point.value); }; series.label.backgroundColor = tone.paper; series.label.padding = [0, 3]; } }
      if (series.markLine) { series.markLine.lineStyle.color = tone.faint; }
      if (series.type === "scatter" && !series.itemStyle.borderColor) { series.itemStyle.borderColor = tone.sheet; series.itemStyle.borderWidth = 1; }
    });
    return option;
  }

  function draw(edition) {
    var locale = LOCALES[edition.id.replace("edition-", "")] || "en-US";
    edition.querySelectorAll("script[data-chart]").forEach(function (data) {
      var place = document.getElementById(data.dataset.chart), chart = JSON.parse(data.textContent);
      var extra = wrapped(chart.option, place.clientWidth);
      chart.option.grid.top += extra;
      place.style.height = tall(place, chart) + extra + "px";
      var picture = drawn.get(place) || echarts.init(place, null, { renderer: "svg" });
      drawn.set(place, picture);
      picture.resize();
      picture.setOption(dress(chart, locale, place.clientWidth), true);
      place.setAttribute("aria-label", chart.option.aria.label.description);
    });
  }

  function shown() { return document.querySelector(".edition:not([hidden])"); }

  function show(tongue) {
    var from = shown(), to = document.getElementById("edition-" + tongue);
    if (!to || from === to) { return; }
    var passed = Array.from(from.querySelectorAll("section")).filter(function (part) { return part.getBoundingClientRect().top < 80; });
    var at = passed.length ? passed[passed.length - 1].id.replace(/-[a-z]+$/, "") : "";
    from.hidden = true;
    to.hidden = false;
    document.documentElement.lang = to.lang;
    document.title = to.dataset.title;
    draw(to);
    to.querySelector('[data-show="' + tongue + '"]').focus({ preventScroll: true });
    var part = at && document.getElementById(at + "-" + tongue);
    if (part) { part.scrollIntoView({ behavior: "instant" }); }
  }

  function redraw() { var edition = shown(); if (edition) { draw(edition); } }

  document.querySelectorAll("[data-show]").forEach(function (button) {
    button.addEventListener("click", function () { show(button.dataset.show); });
  });
  var waiting = 0;
  window.addEventListener("resize", function () { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(redraw); });
  window.addEventListener("beforeprint", redraw);
  window.addEventListener("afterprint", redraw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  redraw();
})();
