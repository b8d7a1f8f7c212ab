"""Click's own words in Chinese: headings, usage errors, help."""

from __future__ import annotations

import gettext
import sys

from allocator.messages import lang

_ZH = {
    "Usage:": "用法:",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Error: {message}": "错误: {message}",
    "Try '{command} {option}' for help.": "运行 '{command} {option}' 查看帮助。",
    "Show the version and exit.": "显示版本后退出。",
    "Show this message and exit.": "显示本说明后退出。",
    "default: {default}": "默认: {default}",
    "required": "必填",
    "Aborted!": "已中止。",
    "Missing command.": "缺少命令。",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing {param_type}": "缺少 {param_type}",
    "Missing parameter: {param_name}": "缺少参数: {param_name}",
    "Invalid value: {message}": "值无效: {message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的值无效: {message}",
    "No such option {name!r}.": "没有选项 {name!r}。",
    "No such option: {name}": "没有选项 {name}。",
    "No such command {name!r}.": "没有命令 {name!r}。",
    "Did you mean {possibility}?": "可能是 {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(可能是: {possibilities}?)",
    "Got unexpected extra argument ({args})": "多余的参数 ({args})",
    "Got unexpected extra arguments ({args})": "多余的参数 ({args})",
    "Option {name!r} requires an argument.": "选项 {name!r} 需要一个值。",
    "Option {name!r} does not take a value.": "选项 {name!r} 不带值。",
    "Choose from:\n\t{choices}": "可选:\n\t{choices}",
    "{value!r} is not {choice}.": "{value!r} 应为 {choice}。",
    "{value!r} is not one of {choices}.": "{value!r} 应为 {choices} 之一。",
    "{value!r} is not a valid {number_type}.": "{value!r} 不是有效的 {number_type}。",
    "{value} is not in the range {range}.": "{value} 不在范围 {range} 内。",
}
_MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "types")


def _one(message: str) -> str:
    return _ZH.get(message, message) if lang() == "zh" else gettext.gettext(message)


def _several(one: str, more: str, count: int) -> str:
    if lang() == "zh" and (one in _ZH or more in _ZH):
        return _ZH.get(one, _ZH.get(more, more)) if count == 1 else _ZH.get(more, _ZH.get(one, one))
    return gettext.ngettext(one, more, count)


def teach_click() -> None:
    """Let click look its words up here.

    Click binds gettext by name in each module; a catalogue file would have to be compiled and its
    language chosen by the environment of the whole process.
    """
    for name in _MODULES:
        module = sys.modules.get(f"click.{name}")
        for word, function in (("_", _one), ("ngettext", _several)):
            if module is not None and hasattr(module, word):
                setattr(module, word, function)
