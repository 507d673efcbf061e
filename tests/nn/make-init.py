"""What torch.nn.init draws from seed 777: fixtures/init.json. Run it with a Python that has PyTorch 2."""
import json
import pathlib

import torch
from torch.nn import init

CASES = {
    "uniform": lambda: init.uniform_(torch.empty(3, 5), -1, 2),
    "normal": lambda: init.normal_(torch.empty(3, 5), 1, 2),
    "eye wide": lambda: init.eye_(torch.empty(2, 4)),
    "eye tall": lambda: init.eye_(torch.empty(4, 2)),
    "dirac": lambda: init.dirac_(torch.empty(4, 3, 3)),
    "dirac groups": lambda: init.dirac_(torch.empty(4, 2, 3, 4), 2),
    "xavierUniform gain": lambda: init.xavier_uniform_(torch.empty(3, 5, 2), 1.5),
    "xavierNormal gain": lambda: init.xavier_normal_(torch.empty(3, 5, 2), 1.5),
    "kaimingUniform": lambda: init.kaiming_uniform_(torch.empty(3, 5), a=5**0.5),
    "kaimingUniform fanOut": lambda: init.kaiming_uniform_(torch.empty(3, 5, 2), mode="fan_out", nonlinearity="tanh"),
    "kaimingNormal fanOut": lambda: init.kaiming_normal_(torch.empty(3, 5, 2), mode="fan_out", nonlinearity="selu"),
    "truncNormal": lambda: init.trunc_normal_(torch.empty(7, 5), std=0.7, a=-1, b=0.5),
    "truncNormal narrow": lambda: init.trunc_normal_(torch.empty(7, 5), mean=0.1, std=2, a=-0.3, b=0.4),
    "truncNormal tail": lambda: init.trunc_normal_(torch.empty(7, 5), std=1, a=1.5, b=3),
    "orthogonal wide": lambda: init.orthogonal_(torch.empty(3, 5)),
    "orthogonal tall": lambda: init.orthogonal_(torch.empty(6, 2), 2.5),
    "orthogonal square": lambda: init.orthogonal_(torch.empty(5, 5)),
    "orthogonal kernel": lambda: init.orthogonal_(torch.empty(4, 2, 3)),
    "orthogonal float64": lambda: init.orthogonal_(torch.empty(5, 4, dtype=torch.float64)),
    "sparse": lambda: init.sparse_(torch.empty(7, 3), 0.4, 0.5),
}


def main():
    found = {}
    for name, draw in CASES.items():
        torch.manual_seed(777)
        x = draw()
        found[name] = {"shape": list(x.shape), "values": x.double().flatten().tolist(), "next": torch.rand(1).item()}
    path = pathlib.Path(__file__).resolve().parent / "fixtures" / "init.json"
    path.write_text(json.dumps({"torch": torch.__version__, "cases": found}, separators=(",", ":")) + "\n")


main()
