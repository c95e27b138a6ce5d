import torch
from threadpoolctl import threadpool_info, threadpool_limits

from aesplugin.models.runtime import one_thread


def test_torch_has_its_threads_back_even_after_an_error() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with one_thread():
            assert torch.get_num_threads() == 1
            raise LookupError
    except LookupError:
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_numpys_threads_rest_meanwhile() -> None:
    def blas() -> set[int]:
        return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}

    with threadpool_limits(2, "blas"):
        with one_thread():
            assert blas() == {1}
        assert blas() == {2}
